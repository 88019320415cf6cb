"""The soak's judge finds what is planted, and nothing in what is right.

python3 -m unittest discover bench"""

import unittest

from judging import Bound, Counters, Probes, Scrape, Truth, messages, parsed

HEAP = Bound("the heap", 0.1, 2)
NOON = 1_795_953_600.0  # 2026-11-29 12:00 UTC
LATER = NOON + 1_000
LAG, SLACK = 30, 20
SERIES = 'sentry_outcomes_total{project="web"}'
PAGE = {
    "sentry_probe_success": 0,
    'sentry_probe_collector_success{collector="outcomes"}': 1,
    'sentry_probe_collector_success{collector="issues"}': 0,
    'sentry_probe_failure_info{collector="issues",reason="timeout"}': 1,
    'sentry_probe_data_age_seconds{collector="outcomes"}': 4.5,
    SERIES: 7,
}


def scrape(begin=LATER, end=LATER + 1, values=()):
    return Scrape("sentry", "acme", begin, end, dict(values))


class FlatTest(unittest.TestCase):
    def test_a_leak_is_found_though_it_is_small_in_each_sample(self):
        self.assertIn("not flat", HEAP.fault([40 + 0.3 * i + i % 3 for i in range(30)]))

    def test_a_step_is_found(self):
        self.assertIn("not flat", HEAP.fault([40] * 15 + [52] * 15))

    def test_noise_and_one_peak_are_flat(self):
        noise = [40 + (7 * i) % 5 for i in range(30)]
        noise[-2] = 90
        self.assertIsNone(HEAP.fault(noise))

    def test_what_shrinks_is_flat(self):
        self.assertIsNone(HEAP.fault([60 - i for i in range(30)]))


class CountersTest(unittest.TestCase):
    def falls(self, *scrapes):
        counters = Counters()
        return [
            fall
            for begin, end, value in scrapes
            for fall in counters.falls("acme", begin, end, {SERIES: value, "gauge": -value})
        ]

    def test_a_fall_is_found_even_if_the_value_has_risen_since(self):
        self.assertEqual(1, len(self.falls((0, 1, 10), (2, 3, 9), (4, 5, 10))))

    def test_a_fall_below_an_earlier_scrape_is_found_behind_a_lower_one(self):
        self.assertEqual(2, len(self.falls((0, 1, 10), (2, 3, 8), (4, 5, 9))))

    def test_a_scrape_that_began_earlier_may_have_less(self):
        self.assertEqual([], self.falls((0, 1, 10), (2, 5, 12), (4, 6, 11), (7, 8, 12)))


class TruthTest(unittest.TestCase):
    def setUp(self):
        self.truth = Truth("day", LAG, SLACK)
        self.counted(LATER, 100)

    def counted(self, at, value):
        return list(self.truth.counted("acme", at, at + 1, {"web": value}))

    def served(self, at, value, age=0):
        return self.truth.served("acme", "web", scrape(at, at + 1), age, value)

    def test_more_than_happened_is_found_once_sentry_cannot_be_behind(self):
        self.served(LATER + 10, 150)
        self.assertEqual([], self.counted(LATER + 20, 140))
        self.assertEqual(1, len(self.counted(LATER + 60, 140)))

    def test_less_than_had_happened_before_its_age_is_found(self):
        self.assertIn("had happened", self.served(LATER + 60, 99, age=5))

    def test_what_is_as_old_as_it_claims_is_right(self):
        self.assertIsNone(self.served(LATER + 60, 99, age=30))

    def test_less_is_right_while_sentry_reports_less(self):
        self.truth.lied(LATER + 30, LATER + 40)
        self.assertIsNone(self.served(LATER + 60, 99))

    def test_a_series_that_sentry_does_not_know_is_found(self):
        self.truth.served("acme", "nothing", scrape(LATER + 1, LATER + 2), 0, 1)
        self.assertEqual(1, len(self.counted(LATER + 60, 140)))

    def test_a_new_day_begins_anew(self):
        midnight = LATER + 12 * 3_600 - 1_000
        self.assertIsNone(self.served(midnight + 60, 100))
        self.assertIsNone(self.served(midnight + 400, 1))
        self.assertEqual([], self.counted(midnight + 900, 2))


class ProbesTest(unittest.TestCase):

    def of(self, values):
        probes = Probes({"sentry_outcomes_total": "outcomes", "sentry_issues": "issues"}, 60)
        return list(probes.of_collectors(scrape(values=values), ["outcomes", "issues"]))

    def test_a_page_that_agrees_with_itself_is_right(self):
        self.assertEqual([], self.of(PAGE))

    def test_what_the_server_does_not_support_is_no_failure_unless_there_is_nothing_else(self):
        page = {series.replace("timeout", "unsupported"): value for series, value in PAGE.items()}
        self.assertEqual([], self.of({**page, "sentry_probe_success": 1}))
        self.assertEqual(1, len(self.of({**page, "sentry_probe_success": 0})))

    def test_data_of_a_failed_collector_is_found(self):
        self.assertEqual(1, len(self.of({**PAGE, "sentry_issues": 0})))

    def test_success_in_spite_of_a_failure_is_found(self):
        self.assertEqual(1, len(self.of({**PAGE, "sentry_probe_success": 1})))

    def test_a_failure_without_a_reason_is_found(self):
        values = {name: value for name, value in PAGE.items() if "failure_info" not in name}
        self.assertEqual(1, len(self.of(values)))

    def test_data_that_is_too_old_is_found(self):
        old = {'sentry_probe_data_age_seconds{collector="outcomes"}': 61}
        self.assertEqual(1, len(self.of({**PAGE, **old})))

    def test_a_probe_of_http_without_success_has_no_value(self):
        values = {"sentry_probe_success": 0, "sentry_probe_error_received": 0}
        self.assertEqual(1, len(list(Probes({}, 0).of_http(scrape(values=values)))))


class PagesTest(unittest.TestCase):
    def test_a_page_is_read(self):
        page = '# TYPE a_total counter\na_total{b="c\\"}",d=""} 1.5E7\n'
        self.assertEqual({'a_total{b="c\\"}",d=""}': 1.5e7}, parsed(page))

    def test_what_is_no_page_is_found(self):
        for page in (
            "# TYPE a gauge\na 1",
            "# TYPE a gauge\na one\n",
            "# TYPE a gauge\na 1\na 1\n",
            "# TYPE a gauge\nb 1\n",
            '# TYPE a gauge\na{b="c} 1\n',
        ):
            with self.subTest(page), self.assertRaises(ValueError):
                parsed(page)
        with self.assertRaises(ValueError):
            parsed("# TYPE a gauge\na 1\n", openmetrics=True)

    def test_protobuf_that_is_cut_short_is_found(self):
        self.assertEqual(2, messages(b"\x01a\x02bc"))
        for data in (b"\x01a\x02b", b"\x01a\x80"):
            with self.subTest(data), self.assertRaises(ValueError):
                messages(data)


if __name__ == "__main__":
    unittest.main()
