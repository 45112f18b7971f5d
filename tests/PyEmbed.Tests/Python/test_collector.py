"""pyembed.defer_collector: the collector rests over a burst of imports, and is as it was afterwards."""

import gc
import threading
import unittest
import weakref

import pyembed


class Node:
    """What a cycle is made of."""

    def __init__(self):
        self.itself = self


class DeferCollectorTests(unittest.TestCase):
    def setUp(self):
        self.assertTrue(gc.isenabled())
        self.assertLess(gc.get_freeze_count(), 1000)
        self.addCleanup(gc.enable)
        self.addCleanup(gc.unfreeze)

    def test_collector_rests_in_the_block_and_resumes_after_it(self):
        thresholds = gc.get_threshold()
        with pyembed.defer_collector():
            self.assertFalse(gc.isenabled())
        self.assertTrue(gc.isenabled())
        self.assertEqual(gc.get_threshold(), thresholds)

    def test_collector_resumes_after_an_exception(self):
        with self.assertRaises(LookupError), pyembed.defer_collector():
            raise LookupError
        self.assertTrue(gc.isenabled())

    def test_nothing_is_collected_in_the_block_whatever_is_made_there(self):
        collections = []
        gc.callbacks.append(lambda phase, info: collections.append(phase))
        self.addCleanup(gc.callbacks.pop)
        with pyembed.defer_collector():
            kept = [[] for _ in range(50000)]
        self.assertEqual(collections, [])
        self.assertEqual(len(kept), 50000)

    def test_garbage_of_the_block_goes_with_the_next_full_collection(self):
        with pyembed.defer_collector():
            gone = weakref.ref(Node())
        self.assertIsNotNone(gone())
        gc.collect(1)
        self.assertIsNotNone(gone(), 'what the block left counts as old')
        gc.collect()
        self.assertIsNone(gone())

    def test_blocks_nest(self):
        with pyembed.defer_collector():
            with pyembed.defer_collector():
                pass
            self.assertFalse(gc.isenabled())
        self.assertTrue(gc.isenabled())

    def test_one_object_serves_several_blocks(self):
        deferral = pyembed.defer_collector()
        with deferral, deferral:
            self.assertFalse(gc.isenabled())
        self.assertTrue(gc.isenabled())

    def test_blocks_of_two_threads_overlap(self):
        entered, leave = threading.Event(), threading.Event()

        def defer():
            with pyembed.defer_collector():
                entered.set()
                leave.wait(60)

        thread = threading.Thread(target=defer)
        with pyembed.defer_collector():
            thread.start()
            self.assertTrue(entered.wait(60))
        self.assertFalse(gc.isenabled())        # the other thread's block goes on
        leave.set()
        thread.join()
        self.assertTrue(gc.isenabled())

    def test_collector_that_was_off_stays_off(self):
        gc.disable()
        with pyembed.defer_collector():
            pass
        self.assertFalse(gc.isenabled())

    def test_frozen_objects_stay_frozen(self):
        gc.freeze()
        frozen = gc.get_freeze_count()
        with pyembed.defer_collector():
            pass
        # Some may have died since.
        self.assertGreater(gc.get_freeze_count(), frozen - 1000)
        self.assertTrue(gc.isenabled())

    def test_code_may_switch_the_collector_on_in_the_block(self):
        with pyembed.defer_collector():
            gc.enable()
        self.assertTrue(gc.isenabled())


if __name__ == '__main__':
    unittest.main()
