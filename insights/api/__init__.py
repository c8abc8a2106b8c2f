"""What other systems may read of figures, risk and experiments."""

from rest_framework.routers import BaseRouter

from insights.api.experiments import Experiments
from insights.api.figures import Figures
from insights.api.risk import Risks


def register(router: BaseRouter) -> None:
    router.register("figures", Figures, "figure")
    router.register("risks", Risks, "risk")
    router.register("experiments", Experiments, "experiment")
