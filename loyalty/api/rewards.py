"""``/rewards/``, ``/customers/…/rewards/``, ``/claims/``: what can be had for points, and having it."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config import errors
from config.rest import ApiView
from customers.api.customers import PAGE, customer_at
from customers.models import Customer
from loyalty import codes, queries
from loyalty.actions import claims, rewards, vouchers
from loyalty.api import reward_shapes as shapes
from loyalty.api.points import ledger_key
from loyalty.models import Claim, Reward
from loyalty.queries import rewards as questions
from loyalty.queries import stamps


def reward_at(code: str) -> Reward:
    """A reward of the main programme. Raises Http404."""
    found = Reward.objects.filter(programme__main=True, code=code).select_related("programme", "segment").first()
    if found is None:
        raise Http404
    return found


def shown(claim: Claim, *, with_code: bool = True) -> dict[str, Any]:
    """A claim, with the code of its voucher for who has just taken it."""
    answer = dict(shapes.ClaimRow(claim).data)
    voucher = getattr(claim, "voucher", None)
    answer["voucher"] = voucher and {
        "code": codes.written(codes.plain(vouchers.code_of(voucher))) if with_code else f"…{voucher.ending}",
        "expires_at": voucher.expires_at,
        "status": voucher.status,
    }
    return answer


class Rewards(ApiView):
    """The catalogue."""

    queryset = Reward.objects.filter(programme__main=True)
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    confidential = True  # the replies that are kept have codes of vouchers

    @extend_schema(parameters=PAGE, responses=shapes.RewardPage)
    def list(self, request: Request) -> Response:
        """The rewards that are offered now."""
        offered = self.get_queryset().filter(status=Reward.Status.LIVE, listed=True)
        return self.page(offered, order=("points", "pk"), kinds=(int, int), shape=shapes.RewardShown)

    @extend_schema(responses=shapes.RewardShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """One reward, also of those that are not offered any more."""
        return Response(shapes.RewardShown(reward_at(code)).data)

    @extend_schema(request=shapes.GiftWish, responses={201: shapes.GiftOutcomes, 200: shapes.GiftOutcomes})
    @action(detail=True, methods=["post"], needs="loyalty.issue_reward")
    def gifts(self, request: Request, code: str) -> Response:
        """Give a reward to up to 1,000 customers, who pay nothing for it.

        ``occasion`` names what it is for: a customer gets it once for the same occasion. Each has an outcome, and
        none keeps out another. Answers 200 where nothing was given anew.
        """
        wish = self.wish(shapes.GiftWish)
        reward, numbers, occasion = reward_at(code), list(dict.fromkeys(wish["customers"])), wish["occasion"]
        known = {one.number: one.merged_into or one for one in _customers(numbers)}
        ids = list(dict.fromkeys(known[number].pk for number in numbers if number in known))
        done = rewards.issue_many(
            reward, ids, reason=wish["reason"], key=lambda pk: f"gift:{reward.pk}:{occasion}:{pk}", by=self.caller
        )
        outcomes = {outcome.customer_id: outcome for outcome in done}
        results = [_outcome(number, outcomes.get(known[number].pk) if number in known else None) for number in numbers]
        return Response({"results": results}, status=201 if any(row["given"] for row in results) else 200)


def _customers(numbers: list[str]) -> QuerySet[Customer]:
    return Customer.objects.filter(number__in=numbers).select_related("merged_into")


def _outcome(number: str, outcome: rewards.Outcome | None) -> dict[str, Any]:
    if outcome is None:
        wrong = [errors.error("unknown_customer", "There is no customer with this number.", "customers")]
        return {"customer": number, "given": False, "claim": None, "errors": wrong}
    wrong = list(errors.of_refusal(outcome.refusal)) if outcome.refusal else []
    return {
        "customer": number,
        "given": outcome.given,
        "claim": outcome.claim and outcome.claim.pk,
        "errors": wrong,
    }


class CustomerRewards(ApiView):
    """What one customer can have, and has."""

    queryset = Claim.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    confidential = True

    @extend_schema(responses=shapes.Offers)
    @action(detail=True, needs="loyalty.view_reward")
    def rewards(self, request: Request, number: str) -> Response:
        """What a customer can have now, and what stands against the rest: every reason, points that are missing."""
        customer = customer_at(number)
        offers = questions.offers(customer)
        rows = [
            {
                "reward": shapes.RewardShown(offer.reward).data,
                "can_have": offer.can_have,
                "missing_points": offer.missing,
                "reasons": [errors.error(reason.code, str(reason), None, reason.params) for reason in offer.reasons],
            }
            for offer in offers
        ]
        available = queries.balance(customer).available
        return Response({"customer": customer.number, "available": available, "results": rows})

    @extend_schema(parameters=PAGE, responses=shapes.ClaimPage)
    @action(detail=True, needs={"claims": "loyalty.view_claim", "claim": "loyalty.claim_reward"})
    def claims(self, request: Request, number: str) -> Response:
        """The rewards that a customer took or was given, latest first."""
        taken = Claim.objects.filter(customer=customer_at(number)).select_related("reward", "customer")
        return self.page(taken, order=("-pk",), kinds=(int,), shape=shapes.ClaimRow)

    @extend_schema(request=shapes.ClaimWish, responses={201: shapes.ClaimShown})
    @claims.mapping.post
    def claim(self, request: Request, number: str) -> Response:
        """Take a reward, at once or as a hold that is captured when the rest is paid.

        Refused with every reason at once: `missing_points` (with how many), `out_of_stock`, `not_your_tier`,
        `not_your_segment`, `limit_reached`, `not_now`, `not_offered`, `in_debt`, `wallet_frozen`, `wallet_closed`.
        """
        wish = self.wish(shapes.ClaimWish)
        take = claims.hold if wish["hold"] else claims.take
        customer = customer_at(number)
        self.tells_of(customer.pk)
        claim = take(customer, reward_at(wish["reward"]), key=ledger_key(self), by=self.caller)
        return Response(shown(claims.fresh(claim)), status=201)

    @extend_schema(responses=shapes.Stamps)
    @action(detail=True, needs="loyalty.view_stampcard")
    def stamps(self, request: Request, number: str) -> Response:
        """How far a customer is with each stamp card that runs."""
        customer = customer_at(number)
        rows = [
            {
                "code": one.card.code,
                "name": one.card.name,
                "stamps": one.stamps,
                "of": one.card.stamps,
                "missing": one.missing,
                "full": one.full,
                "gives": one.card.reward.name,
            }
            for one in stamps.of_customer(customer)
        ]
        return Response({"customer": customer.number, "results": rows})


class Claims(ApiView):
    """One redemption of a reward."""

    queryset = Claim.objects.select_related("reward__programme", "customer", "voucher", "hold")
    lookup_value_regex = "[0-9]{1,18}"
    confidential = True

    @extend_schema(responses=shapes.ClaimShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """How a redemption stands. Of its voucher, the end of the code."""
        return Response(shown(self._at(pk), with_code=False))

    @extend_schema(request=None, responses={201: shapes.ClaimShown})
    @action(detail=True, methods=["post"], needs="loyalty.claim_reward")
    def capture(self, request: Request, pk: str) -> Response:
        """Complete it: the points are spent. The answer has the voucher's code; captured again, the same one."""
        return Response(shown(claims.capture(self._at(pk), by=self.caller)), status=201)

    @extend_schema(request=shapes.ReasonLeftOut, responses={201: shapes.ClaimShown})
    @action(detail=True, methods=["post"], needs="loyalty.claim_reward")
    def void(self, request: Request, pk: str) -> Response:
        """Give it up before it is paid: the points are available again."""
        claim = claims.void(self._at(pk), **self.wish(shapes.ReasonLeftOut), by=self.caller)
        return Response(shown(claim), status=201)

    @extend_schema(request=None, responses={201: shapes.ClaimShown})
    @action(detail=True, methods=["post"], needs="loyalty.fulfil_claim")
    def fulfilment(self, request: Request, pk: str) -> Response:
        """The customer has it: goods or an experience, handed over."""
        return Response(shown(claims.hand_over(self._at(pk), by=self.caller), with_code=False), status=201)

    @extend_schema(request=shapes.Reason, responses={201: shapes.ClaimShown})
    @action(detail=True, methods=["post"], needs="loyalty.cancel_claim")
    def cancellation(self, request: Request, pk: str) -> Response:
        """Undo it: all its points go back to the lots that they came from. ``money`` says what the shop gives back."""
        claim = claims.cancel(self._at(pk), **self.wish(shapes.Reason), by=self.caller)
        return Response(shown(claim, with_code=False), status=201)

    def _at(self, pk: str) -> Claim:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        self.tells_of(found.customer_id)
        return found
