"""All that happens, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.security.permissions import errands, nights, oddities, orders, trial_days

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yorutsuke_pipeline_tests.security.permissions.actors import Actors

# Many jobs come late: while they run, the sensor lists jobs, and never asks for one.
SCENES: tuple[Callable[[Actors, Path], None], ...] = (
    nights.a_day_by_batch,
    nights.a_day_of_which_nothing_is_left,
    nights.a_day_on_demand,
    nights.a_photo_that_never_reads,
    nights.an_account_that_contradicts_itself,
    nights.a_day_of_many_jobs,
    nights.days_with_another_model,
    nights.days_of_images_by_place,
    nights.a_day_that_is_sealed_and_not_submitted,
    orders.violations_that_an_order_selects,
    orders.receipts_that_an_order_names,
    orders.orders_that_are_stopped,
    orders.violations_that_need_a_person,
    oddities.an_account_whose_own_quotas_are_not_listed,
    errands.what_people_look_at,
    errands.what_people_decide,
    errands.a_pause_and_what_looks_at_it,
    errands.jobs_that_are_stopped,
    trial_days.trials_on_demand,
    trial_days.trials_by_batch,
    trial_days.a_trial_of_which_nothing_is_left,
    errands.an_examination_before_the_first_night,
    oddities.large_objects_that_are_written_with_difficulty,
)
