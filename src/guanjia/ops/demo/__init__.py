"""The demo company: made by driving the engine through simulated time, never by writing its rows."""
