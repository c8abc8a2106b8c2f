"""What the outside sees."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation

from advisory.pages import entrance, invited, portal, portal_forum, portal_meetings, portal_rounds
from calendars.pages.feeds import feed as calendar_feed
from communications.pages import preferences, reactions
from communications.pages.feeds import feed as plan_feed
from config import errors, probes
from config.admin import site
from feedback.pages import intake
from feedback.pages.answering import survey

# The one part of the API that comes in two forms, YAML and JSON.
schema = SpectacularAPIView.as_view(content_negotiation_class=DefaultContentNegotiation)

urlpatterns = [
    path("health/live", probes.live, name="live"),
    path("health/ready", probes.ready, name="ready"),
    path("metrics", probes.metrics, name="metrics"),
    path("api/v1/", include("config.api")),
    path("api/schema/", schema, name="api_schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    re_path("^api/", errors.nothing_here),
    path("admin/", site.urls),
    path("account/", include("allauth.urls")),
    path("feeds/calendars/<str:address>.ics", calendar_feed, name="calendar_feed"),
    path("feeds/plans/<str:token>.ics", plan_feed, name="plan_feed"),
    path("u/<str:token>", preferences.unsubscribe, name="unsubscribe"),
    path("confirm/<str:token>", preferences.confirm, name="confirm"),
    path("o/<str:token>", reactions.opened, name="opened"),
    path("c/<str:token>", reactions.clicked, name="clicked"),
    path("preferences/<str:token>", preferences.choices, name="preferences"),
    path("feeds/boards/<str:token>.ics", portal.feed, name="portal_feed"),
    path("board/", entrance.ask, name="board_sign_in"),
    path("board/enter/<str:token>/", entrance.enter, name="board_enter"),
    path("board/<str:token>/", portal.home, name="portal"),
    path("board/<str:token>/signature/", portal.signature, name="portal_signature"),
    path("board/<str:token>/recommendations/", portal.recommendations, name="portal_recommendations"),
    path("board/<str:token>/round/", portal_rounds.round, name="portal_round"),
    path("board/<str:token>/forum/", portal_forum.forum, name="portal_forum"),
    path("board/<str:token>/forum/<int:pk>/", portal_forum.topic, name="portal_topic"),
    path("board/<str:token>/meetings/<int:pk>/", portal_meetings.meeting, name="portal_meeting"),
    path("board/<str:token>/meetings/<int:pk>/live/", portal_meetings.live, name="portal_live"),
    path("board/<str:token>/meetings/<int:pk>/minutes/<int:number>/", portal_meetings.paper, name="portal_minutes"),
    path(
        "board/<str:token>/meetings/<int:pk>/materials/<int:material>/",
        portal_meetings.material,
        name="portal_material",
    ),
    path("survey/<str:token>/", survey, name="survey"),
    path("feedback/", intake.form, name="feedback_form"),
    path("feedback/<str:token>/", intake.status, name="feedback_status"),
    path("feedback/<str:token>/files/<int:pk>/", intake.file, name="feedback_file"),
    path("board/seat/<str:token>/", invited.seat, name="board_seat"),
    path("board/nominee/<str:token>/", invited.nominee, name="board_nominee"),
    path("board/round/<str:token>/", entrance.shared, name="board_round"),
    path("board/election/<str:token>/", invited.election, name="board_election"),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
