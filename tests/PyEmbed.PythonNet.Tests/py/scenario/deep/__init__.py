from .. import WHERE as outer
