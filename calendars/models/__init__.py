from calendars.models.calendars import Calendar
from calendars.models.versions import Day, Opening, Version

__all__ = ["Calendar", "Day", "Opening", "Version"]
