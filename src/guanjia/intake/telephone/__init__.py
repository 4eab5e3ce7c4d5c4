"""The telephone as a door: lines and their keys, calls as they happen, calling back what was missed."""
