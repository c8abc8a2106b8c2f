"""``/case-teams/`` and ``/case-skills/``: who works on cases, and what they can do."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from calendars.models import Calendar
from config.rest import ApiView, OneLine, Paged, etag, expected
from customers.api.customers import PAGE
from feedback.actions import teams
from feedback.api.case_shapes import Code, Shape
from feedback.api.corrective import Person
from feedback.models import Member, Skill, Team
from feedback.queries.versions import version
from people.models import User

CHANGE = "feedback.change_team"


class TeamMemberShown(serializers.ModelSerializer[Member]):
    user = Person(read_only=True)
    skills = Code(many=True, read_only=True)

    class Meta:
        model = Member
        fields = ["user", "skills", "most", "away"]


class TeamShown(serializers.ModelSerializer[Team]):
    calendar = Code(read_only=True, allow_null=True)
    lead = Person(read_only=True, allow_null=True)
    members = TeamMemberShown(many=True, read_only=True)

    class Meta:
        model = Team
        fields = ["code", "name", "calendar", "lead", "assignment", "main", "members"]


class TeamPage(Paged):
    results = TeamShown(many=True)


class TeamChange(Shape):
    name = OneLine(max_length=100, required=False)
    calendar = Code(
        queryset=Calendar.objects.filter(retired_at=None), required=False, allow_null=True,
        help_text="Its opening hours; null: the main ones.",
    )  # fmt: skip
    lead = Person(required=False, allow_null=True, help_text="User name of who is told of what is overdue.")
    assignment = serializers.ChoiceField(choices=Team.Assignment.choices, required=False)
    main = serializers.BooleanField(required=False, help_text="Takes what no rule sends away, instead of another.")


class TeamWish(TeamChange):
    code = serializers.SlugField(max_length=40)
    name = OneLine(max_length=100)


class MemberWish(Shape):
    """What is left out stays as it is."""

    skills = Code(queryset=Skill.objects.all(), many=True, required=False, help_text="All of them, by code.")
    most = serializers.IntegerField(min_value=0, max_value=10_000, required=False, help_text="0: no limit.")
    away = serializers.BooleanField(required=False)


class JoinWish(MemberWish):
    user = Person(help_text="User name.")


class SkillShown(serializers.ModelSerializer[Skill]):
    class Meta:
        model = Skill
        fields = ["code", "name"]


class SkillList(Shape):
    results = SkillShown(many=True)


class SkillWish(Shape):
    code = serializers.SlugField(max_length=40)
    name = OneLine(max_length=100)


class Teams(ApiView):
    queryset = Team.objects.select_related("calendar", "lead").prefetch_related("members__user", "members__skills")
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,40}"
    needs = {"create": "feedback.add_team", "partial_update": CHANGE, "change_member": CHANGE, "take_out": CHANGE}

    @extend_schema(parameters=PAGE, responses=TeamPage)
    def list(self, request: Request) -> Response:
        """Teams with who is in them, in the order in which they were made."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=TeamShown)

    @extend_schema(responses=TeamShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """One team."""
        return self._shown(code)

    @extend_schema(request=TeamWish, responses={201: TeamShown})
    def create(self, request: Request) -> Response:
        """A team without anybody in it. Refused with `code_taken`."""
        wish = self.wish(TeamWish)
        return self._shown(teams.create(wish.pop("code"), wish.pop("name"), **wish).code, 201)

    @extend_schema(request=TeamChange, responses=TeamShown)
    def partial_update(self, request: Request, code: str) -> Response:
        """Change what you name. With other opening hours the open cases are judged anew."""
        teams.change(self.get_object(), seen=expected(request), by=self.caller, **self.wish(TeamChange))
        return self._shown(code)

    @extend_schema(request=JoinWish, responses={201: TeamShown})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def members(self, request: Request, code: str) -> Response:
        """Somebody joins the team; who is in it already gets what you name. The answer is the team."""
        wish = self.wish(JoinWish)
        teams.put(self.get_object(), wish.pop("user"), **wish)
        return self._shown(code, 201)

    @extend_schema(request=MemberWish, responses=TeamShown)
    @action(detail=True, methods=["patch"], url_path=r"members/(?P<user>[^/]{1,150})")
    def change_member(self, request: Request, code: str, user: str) -> Response:
        """Other skills, other limits, away or back."""
        team, person = self._place(user)
        teams.put(team, person, **self.wish(MemberWish))
        return self._shown(code)

    @extend_schema(responses={204: None})
    @change_member.mapping.delete
    def take_out(self, request: Request, code: str, user: str) -> Response:
        """Somebody leaves the team; their cases stay theirs."""
        teams.take_out(*self._place(user))
        return Response(status=204)

    def _place(self, name: str) -> tuple[Team, User]:
        team: Any = self.get_object()
        person = User.objects.filter(username=name, teams__team=team).first()
        if person is None:
            raise Http404
        return team, person

    def _shown(self, code: str, status: int = 200) -> Response:
        team: Any = get_object_or_404(self.get_queryset(), code=code)
        return Response(TeamShown(team).data, status=status, headers={"ETag": etag(version(team))})


class Skills(ApiView):
    queryset = Skill.objects.all()
    needs = {"create": "feedback.add_skill"}

    @extend_schema(responses=SkillList)
    def list(self, request: Request) -> Response:
        """What some can do and others cannot, by name."""
        return Response(SkillList({"results": self.get_queryset().order_by("name")}).data)

    @extend_schema(request=SkillWish, responses={201: SkillShown})
    def create(self, request: Request) -> Response:
        """A skill by its code; one that there is gets this name."""
        return Response(SkillShown(teams.name_skill(**self.wish(SkillWish))).data, status=201)
