import numpy as np

from studio.cache import PictureCache


def _picture(value):
    return np.full((10, 10, 3), value, np.uint8)


def test_the_least_recently_used_picture_leaves_first():
    cache = PictureCache(900)
    for i in range(3):
        cache.put(i, _picture(i))
    assert cache.get(0) is not None
    cache.put(3, _picture(3))
    assert [i in cache for i in range(4)] == [True, False, True, True]
    assert cache.used == 900


def test_a_picture_under_two_names_counts_once():
    cache = PictureCache(10_000)
    picture = _picture(1)
    cache.put("filmed", picture)
    cache.put("edited", picture)
    assert cache.used == picture.nbytes
    cache.limit = 0
    cache.put("other", _picture(2))
    assert cache.used == picture.nbytes
    assert "other" in cache
