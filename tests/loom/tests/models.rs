//! Each model in every interleaving. A model that can hang or lose a job or a call fails here.
#![allow(missing_docs)]

use serve_loom::models;

macro_rules! models {
    ($($model:ident)*) => { $(
        #[test]
        fn $model() {
            models::$model();
        }
    )* };
}

models! {
    none_is_in_flight_after_the_drain
    setting_a_limit_does_not_reopen
    none_begins_after_the_drain_whatever_sets_the_limit
    the_limit_reflects_all_changes
    a_limit_is_strict
    a_request_is_refused_only_while_another_is_in_flight

    no_waiting_call_is_forgotten
    room_for_two_admits_two
    a_gate_that_closes_leaves_no_call_waiting
    no_call_that_is_skipped_is_forgotten
    a_call_that_is_left_alone_keeps_no_other_waiting
    a_call_that_is_polled_again_takes_no_room_from_the_next_one

    a_paused_replica_becomes_idle_and_stays_so

    every_job_is_made_before_a_closed_queue_ends
    a_job_is_not_lost_with_a_consumer_that_is_dismissed
    a_job_is_not_lost_with_a_consumer_that_is_discarded
    a_job_is_made_or_returned
    a_consumer_that_is_free_takes_a_job_that_may_not_wait
}
