import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("calendars", "0002_versions_never_change"),
        ("customers", "0015_searches_for_duplicates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Board",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "everybody"),
                            (1, "the board: members and observers"),
                            (2, "confidential: members who signed the current NDA"),
                            (3, "the company's staff only"),
                        ],
                        default=1,
                        help_text="Nothing of it goes further.",
                        verbose_name="who may know of it",
                    ),
                ),
                (
                    "zone",
                    models.CharField(help_text="IANA name, such as Asia/Seoul.", max_length=50, verbose_name="zone"),
                ),
                (
                    "office",
                    models.CharField(
                        blank=True, help_text="Where members may be met.", max_length=100, verbose_name="office"
                    ),
                ),
                (
                    "office_latitude",
                    models.DecimalField(
                        blank=True, decimal_places=5, max_digits=8, null=True, verbose_name="latitude"
                    ),
                ),
                (
                    "office_longitude",
                    models.DecimalField(
                        blank=True, decimal_places=5, max_digits=8, null=True, verbose_name="longitude"
                    ),
                ),
                ("points_joining", models.PositiveIntegerField(default=0, verbose_name="points for taking a seat")),
                (
                    "points_attending",
                    models.PositiveIntegerField(default=0, verbose_name="points for attending a meeting"),
                ),
                (
                    "points_surveying",
                    models.PositiveIntegerField(
                        default=0, verbose_name="points for a round of questions to customers"
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="opened"
                    ),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        help_text="By which minutes and answers are due. Empty: the main calendar.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.calendar",
                        verbose_name="business days",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "advisory board",
                "verbose_name_plural": "advisory boards",
                "permissions": [("see_impact", "Can compare members with other customers")],
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("code", ""), _negated=True)
                        ),
                        name="board_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [0, 1, 2, 3])), name="board_level_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("office_latitude__isnull", True), ("office_longitude__isnull", True)),
                            models.Q(
                                ("office_latitude__isnull", False),
                                ("office_latitude__range", (-90, 90)),
                                ("office_longitude__isnull", False),
                                ("office_longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="board_office_has_both_coordinates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("mission", models.TextField(verbose_name="mission")),
                ("duties", models.TextField(blank=True, verbose_name="duties of a member")),
                ("confidentiality", models.TextField(blank=True, verbose_name="what stays in the room")),
                ("size", models.PositiveSmallIntegerField(default=12, verbose_name="seats")),
                ("term_months", models.PositiveSmallIntegerField(default=12, verbose_name="months of a term")),
                (
                    "terms_in_a_row",
                    models.PositiveSmallIntegerField(default=2, verbose_name="terms in a row, at most"),
                ),
                (
                    "cool_off_months",
                    models.PositiveSmallIntegerField(
                        default=12, verbose_name="months before a former member may return"
                    ),
                ),
                (
                    "renewal_notice_days",
                    models.PositiveSmallIntegerField(
                        default=42, verbose_name="days before the end it is asked who stays"
                    ),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=14, verbose_name="days to answer an invitation"),
                ),
                (
                    "remind_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="days after which it is reminded"),
                ),
                (
                    "appointed_percent",
                    models.PositiveSmallIntegerField(
                        default=33, verbose_name="of the seats may be appointed, percent"
                    ),
                ),
                ("meetings_a_year", models.PositiveSmallIntegerField(default=4, verbose_name="meetings a year")),
                (
                    "quorum",
                    models.CharField(
                        choices=[
                            ("half", "at least half of the filled seats"),
                            ("more", "more than half of the filled seats"),
                            ("two_thirds", "at least two thirds of the filled seats"),
                        ],
                        default="half",
                        max_length=10,
                        verbose_name="quorum",
                    ),
                ),
                (
                    "vote_base",
                    models.CharField(
                        choices=[
                            ("YN", "of those who said yes or no"),
                            ("YNA", "of all votes, abstentions too"),
                            ("present", "of those present"),
                            ("entitled", "of all who may vote"),
                        ],
                        default="YN",
                        max_length=8,
                        verbose_name="a share is reckoned",
                    ),
                ),
                (
                    "vote_percent",
                    models.PositiveSmallIntegerField(default=50, verbose_name="advice is given above, percent"),
                ),
                ("substitutes", models.BooleanField(default=False, verbose_name="members may send somebody else")),
                (
                    "host_percent",
                    models.PositiveSmallIntegerField(default=20, verbose_name="the host speaks at most, percent"),
                ),
                (
                    "schedule_days",
                    models.PositiveSmallIntegerField(default=35, verbose_name="days before a meeting it is scheduled"),
                ),
                (
                    "agenda_days",
                    models.PositiveSmallIntegerField(
                        default=7, verbose_name="days before a meeting the agenda is final"
                    ),
                ),
                (
                    "minutes_days",
                    models.PositiveSmallIntegerField(default=2, verbose_name="business days until the minutes"),
                ),
                (
                    "answer_advice_days",
                    models.PositiveSmallIntegerField(
                        default=28, verbose_name="days until a recommendation is answered"
                    ),
                ),
                ("office_km", models.PositiveIntegerField(default=50, verbose_name="all within (km): at the office")),
                (
                    "city_km",
                    models.PositiveIntegerField(default=200, verbose_name="nobody farther than (km): in one city"),
                ),
                (
                    "hybrid_percent",
                    models.PositiveSmallIntegerField(default=60, verbose_name="so many local (percent): hybrid"),
                ),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="to be reviewed")),
                ("changes", models.CharField(blank=True, max_length=300, verbose_name="what is new")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made"
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charters",
                        to="advisory.board",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "charter",
                "verbose_name_plural": "charters",
                "permissions": [("publish_charter", "Can publish charters and NDAs")],
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="version_of_a_charter_stands_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("board",),
                        name="board_has_one_charter_in_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mission", ""), _negated=True), name="charter_has_a_mission"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_days__gte", 1),
                            ("size__gte", 1),
                            ("term_months__gte", 1),
                            ("terms_in_a_row__gte", 1),
                        ),
                        name="charter_has_seats_and_terms",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("appointed_percent__lte", 100),
                            ("host_percent__lte", 100),
                            ("hybrid_percent__lte", 100),
                            ("vote_percent__lte", 100),
                        ),
                        name="charter_shares_are_percentages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remind_days__lt", models.F("answer_days"))),
                        name="charter_reminds_before_the_answer_is_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("office_km__lte", models.F("city_km"))), name="charter_radii_grow"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nda",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "published_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="published"
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ndas",
                        to="advisory.board",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "non-disclosure agreement",
                "verbose_name_plural": "non-disclosure agreements",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="version_of_an_nda_stands_once"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="nda_has_a_text"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "cohort",
                    models.CharField(
                        blank=True,
                        help_text="Seats of a cohort are renewed together.",
                        max_length=20,
                        verbose_name="cohort",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="Whom it is kept for, if anybody.", max_length=60, verbose_name="label"
                    ),
                ),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="advisory.board",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "ordering": ("board", "number"),
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="seat_of_a_board_stands_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="seats_are_numbered_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("nominated", "nominated"),
                            ("shortlisted", "on the short list"),
                            ("invited", "invited"),
                            ("accepted", "accepted"),
                            ("active", "active"),
                            ("ended", "ended"),
                            ("resigned", "resigned"),
                            ("removed", "removed"),
                            ("emeritus", "emeritus"),
                            ("declined", "declined"),
                            ("expired", "did not answer"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="nominated",
                        max_length=11,
                        verbose_name="state",
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("appointment", "appointed"),
                            ("draw", "drawn"),
                            ("election", "elected"),
                            ("renewal", "renewed"),
                        ],
                        max_length=11,
                        verbose_name="route",
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why appointed.", max_length=500, verbose_name="reason"),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(
                        help_text="The last day; earlier than planned where it ended before.", verbose_name="until"
                    ),
                ),
                (
                    "nominated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="nominated"
                    ),
                ),
                ("invited_at", models.DateTimeField(null=True, verbose_name="invited")),
                ("answer_by", models.DateTimeField(null=True, verbose_name="answer due")),
                (
                    "remind_at",
                    models.DateTimeField(help_text="When it is to be reminded of; none: not any more.", null=True),
                ),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted")),
                (
                    "over_at",
                    models.DateTimeField(
                        help_text="Ended, or declined, expired, withdrawn.", null=True, verbose_name="over"
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=500, verbose_name="why it ended")),
                ("emeritus_at", models.DateTimeField(null=True, verbose_name="emeritus")),
                ("thanked_at", models.DateTimeField(null=True, verbose_name="thanked")),
                ("thanked_with", models.TextField(blank=True, verbose_name="thank-you note")),
                (
                    "access",
                    models.PositiveIntegerField(
                        default=1, help_text="Part of the member's links: it grows, they are dead."
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="advisory.board",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_terms",
                        to="customers.customer",
                    ),
                ),
                (
                    "nominated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "renews",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewed_by",
                        to="advisory.term",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="advisory.seat",
                    ),
                ),
            ],
            options={
                "verbose_name": "term",
                "verbose_name_plural": "terms",
                "permissions": [
                    ("choose_members", "Can choose, invite and replace members"),
                    ("end_term", "Can end the terms of members"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["board", "state", "ends_on"], name="term_of_board"),
                    models.Index(fields=["seat", "-starts_on"], name="term_of_seat"),
                    models.Index(
                        condition=models.Q(("state", "invited")), fields=["answer_by"], name="term_waiting_for_answer"
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)), fields=["remind_at"], name="term_to_remind"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["accepted", "active"])),
                        fields=["ends_on"],
                        name="term_ending",
                    ),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("state__in", ["accepted", "active", "ended", "resigned", "removed", "emeritus"])
                        ),
                        expressions=[
                            (
                                models.Func(
                                    models.F("seat"),
                                    models.F("seat"),
                                    models.Value("[]"),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="seat_has_one_holder_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="term_begins_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("route", "appointment"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appointed_member_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["invited", "expired"]), _negated=True),
                            models.Q(("answer_by__isnull", False), ("invited_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="invited_member_has_time_to_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["accepted", "active", "ended", "resigned", "removed", "emeritus"]),
                                _negated=True,
                            ),
                            ("accepted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="member_has_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("over_at__isnull", True),
                                ("state__in", ["nominated", "shortlisted", "invited", "accepted", "active"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["nominated", "shortlisted", "invited", "accepted", "active"]),
                                    _negated=True,
                                ),
                                ("over_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="term_is_over_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("emeritus_at__isnull", False), ("state", "emeritus")),
                            models.Q(models.Q(("state", "emeritus"), _negated=True), ("emeritus_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="emeritus_is_named_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remind_at__isnull", True), ("state", "invited"), _connector="OR"),
                        name="only_an_invited_member_is_to_be_reminded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("route", "renewal"), ("renews__isnull", True), _connector="OR"),
                        name="renewed_term_says_which",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="signed as")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="signed"),
                ),
                (
                    "charter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="advisory.charter",
                    ),
                ),
                (
                    "nda",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="advisory.nda",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="advisory.term",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("charter__isnull", False), ("nda__isnull", True)),
                            models.Q(("charter__isnull", True), ("nda__isnull", False)),
                            _connector="OR",
                        ),
                        name="signature_is_under_a_charter_or_an_nda",
                    ),
                    models.UniqueConstraint(fields=("term", "charter"), name="charter_is_signed_once_per_term"),
                    models.UniqueConstraint(fields=("term", "nda"), name="nda_is_signed_once_per_term"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.CharField(
                        choices=[("chair", "chair"), ("facilitator", "facilitator"), ("observer", "observer")],
                        max_length=11,
                        verbose_name="duty",
                    ),
                ),
                ("guest", models.CharField(blank=True, max_length=200, verbose_name="guest")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(null=True, verbose_name="until")),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="officers",
                        to="advisory.board",
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="advisory.term",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty on a board",
                "verbose_name_plural": "duties on boards",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["board", "duty", "-starts_on"], name="duty_of_board")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("duty", "chair"), ("guest", ""), ("term__isnull", False), ("user__isnull", True)
                            ),
                            models.Q(
                                ("duty", "facilitator"), ("guest", ""), ("term__isnull", True), ("user__isnull", False)
                            ),
                            models.Q(
                                ("duty", "observer"), ("guest", ""), ("term__isnull", True), ("user__isnull", False)
                            ),
                            models.Q(
                                ("duty", "observer"),
                                ("term__isnull", True),
                                ("user__isnull", True),
                                models.Q(("guest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="chair_is_a_member_and_facilitator_one_of_staff",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("duty__in", ["chair", "facilitator"]), ("ends_on__isnull", True)),
                        fields=("board", "duty"),
                        name="board_has_one_chair_and_one_facilitator",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="duty_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("competitor", "works for, owns or advises a competitor"),
                            ("supplier", "sells to us"),
                            ("family", "is related to one of our staff"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="what it is")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="declared"
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="over")),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="advisory.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "declaration of interest",
                "verbose_name_plural": "declarations of interest",
                "default_permissions": ("view", "add"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="declared_interest_ends_after_it_was_told",
                    )
                ],
            },
        ),
    ]
