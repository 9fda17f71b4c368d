"""Controls of the judgement: a disagreement that is not listed fails, and so does an entry that is
not, or no longer, true. `run` runs these first."""

import unittest

from book import Case, judge
from verdict import ACCEPTS, REFUSES, UNSUPPORTED, Verdict


class Peer:
    name = "node/jose"
    version = "1.0"


def case(wanted, ours, theirs, alg="ES256", **changes):
    verdicts = (Verdict(ours, "", {}), Verdict(theirs, "", {}))
    return Case("node/jose", "wit/x", alg, wanted, *verdicts, "", False)._replace(**changes)


def table(**changes):
    entry = {"version": "1.0", "algs": "all", "signet": REFUSES, "peer": ACCEPTS,
             "right": "signet", **changes}
    return {("node/jose", "wit/x"): entry}


LAX_PEER = case(REFUSES, REFUSES, ACCEPTS)


class Judge(unittest.TestCase):
    def faults(self, cases, entries=None):
        return judge(cases, [Peer], entries or {}).faults

    def test_agreement_passes(self):
        self.assertEqual(self.faults([case(ACCEPTS, ACCEPTS, ACCEPTS)]), [])
        self.assertEqual(self.faults([case(REFUSES, REFUSES, REFUSES)]), [])
        self.assertEqual(self.faults([case(REFUSES, REFUSES, UNSUPPORTED)]), [])

    def test_what_is_not_listed_fails(self):
        for bad in (LAX_PEER, case(ACCEPTS, ACCEPTS, REFUSES), case(ACCEPTS, ACCEPTS, UNSUPPORTED),
                    case(REFUSES, ACCEPTS, REFUSES), case(REFUSES, ACCEPTS, ACCEPTS),
                    case(ACCEPTS, REFUSES, REFUSES), case(ACCEPTS, ACCEPTS, ACCEPTS, differs="sub"),
                    case(REFUSES, ACCEPTS, UNSUPPORTED)):
            self.assertEqual(len(self.faults([bad])), 1, bad)

    def test_what_is_listed_passes(self):
        self.assertEqual(self.faults([LAX_PEER], table()), [])

    def test_entry_that_does_not_happen_fails(self):
        self.assertEqual(len(self.faults([case(REFUSES, REFUSES, REFUSES)], table())), 1)
        self.assertEqual(len(self.faults([], table())), 1)

    def test_entry_with_another_algorithm_fails(self):
        self.assertEqual(len(self.faults([LAX_PEER], table(algs=["ES256", "ES384"]))), 1)
        self.assertEqual(len(self.faults([LAX_PEER], table(algs=["ES384"]))), 2)
        other = case(REFUSES, REFUSES, REFUSES, alg="ES384")
        self.assertEqual(len(self.faults([LAX_PEER, other], table())), 1)

    def test_entry_of_another_version_fails(self):
        self.assertEqual(len(self.faults([LAX_PEER], table(version="0.9"))), 1)

    def test_entry_with_other_words_fails(self):
        self.assertTrue(self.faults([LAX_PEER], table(peer=UNSUPPORTED)))
        self.assertTrue(self.faults([LAX_PEER], table(signet=ACCEPTS)))
        self.assertTrue(self.faults([LAX_PEER], table(right="peer")))
        self.assertTrue(self.faults([LAX_PEER], table(right="neither")))

    def test_signet_that_is_wrong_is_never_listed_as_right(self):
        lax = case(REFUSES, ACCEPTS, REFUSES)
        entry = {"signet": ACCEPTS, "peer": REFUSES}
        self.assertTrue(self.faults([lax], table(**entry, right="signet")))
        self.assertEqual(self.faults([lax], table(**entry, right="peer")), [])


def failures():
    """The controls that fail, with their traces."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Judge).run(result)
    return [trace for _, trace in result.failures + result.errors]


if __name__ == "__main__":
    unittest.main()
