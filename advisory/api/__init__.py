"""What other systems may do with boards, meetings and recommendations."""

from rest_framework.routers import BaseRouter

from advisory.api.boards import Boards
from advisory.api.meetings import CalendarReplies, Meetings
from advisory.api.recommendations import Recommendations


def register(router: BaseRouter) -> None:
    router.register("boards", Boards, "advisory-board")
    router.register("recommendations", Recommendations, "recommendation")
    router.register("meetings", Meetings, "meeting")
    router.register("calendar-replies", CalendarReplies, "calendar-reply")
