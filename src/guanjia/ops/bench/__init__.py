"""`guanjia bench`: how fast the ground is, each figure beside a floor that is measured in the same run."""
