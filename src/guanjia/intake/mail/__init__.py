"""The mailbox as a door: letters become drafts at the desk, or cases; answers go to the case that they belong to."""
