import numpy as np

from widgets.landmark_wire import wire_of


def test_an_opening_stays_empty_and_late_points_take_no_part():
    outer = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    inner = np.array([[4, 4], [6, 4], [6, 6], [4, 6]])
    points = np.concatenate([outer, inner, [[5, 5]]])
    triangles = wire_of(points, [np.array([4, 5, 6, 7])], count=8)
    assert triangles.max() == 7
    corners = points[triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2
    assert area == 96
