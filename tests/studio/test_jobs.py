import threading

import pytest

from core.errors import MediaError
from studio.jobs import Jobs


@pytest.fixture
def jobs(qtbot):
    jobs = Jobs()
    yield jobs
    jobs.stop()


def test_jobs_run_one_after_the_other_and_hand_over_their_results(jobs, qtbot):
    order, threads = [], set()

    def work(n):
        def run(ticket):
            threads.add(threading.current_thread().name)
            order.append(n)
            return n

        return run

    got = []
    for n in range(3):
        jobs.start(f"Job {n}", work(n), lambda x: got.append((x, threading.current_thread())))
    qtbot.waitUntil(lambda: len(got) == 3)
    assert order == [0, 1, 2]
    assert [x for x, _ in got] == [0, 1, 2]
    assert threads == {"jobs"}
    assert {t for _, t in got} == {threading.main_thread()}


def test_cancel_reaches_the_running_job_and_the_next_begins(jobs, qtbot):
    entered = threading.Event()

    def forever(ticket):
        entered.set()
        while True:
            ticket.report(0.5, "working")

    first = jobs.start("Forever", forever)
    second = jobs.start("Next", lambda ticket: 2)
    assert entered.wait(5)
    jobs.cancel(first)
    qtbot.waitUntil(lambda: second.over)
    assert first.state == "cancelled"
    assert second.state == "done"


def test_a_waiting_job_that_is_cancelled_never_begins(jobs, qtbot):
    gate, ran = threading.Event(), []
    first = jobs.start("Gate", lambda ticket: gate.wait(5))
    second = jobs.start("Second", lambda ticket: ran.append(1))
    jobs.cancel(second)
    assert second.state == "cancelled"
    gate.set()
    qtbot.waitUntil(lambda: first.over)
    assert not ran


def test_a_failure_says_its_sentence_and_can_be_retried(jobs, qtbot):
    tries = []

    def work(ticket):
        tries.append(1)
        if len(tries) == 1:
            raise MediaError("The disk is full.")
        return "done"

    job = jobs.start("Export", work)
    qtbot.waitUntil(lambda: job.over)
    assert (job.state, job.message) == ("failed", "The disk is full.")
    jobs.retry(job)
    qtbot.waitUntil(lambda: job.state == "done")
    assert job.result == "done"


def test_a_bug_in_a_job_is_a_failure_not_the_end(jobs, qtbot):
    job = jobs.start("Bug", lambda ticket: 1 / 0)
    qtbot.waitUntil(lambda: job.over)
    assert job.state == "failed"
    assert "ZeroDivisionError" in job.message
