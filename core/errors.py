"""Every error the program raises on purpose.

::

    * FaceStudioError       str(error) is one sentence for a person, the path last
      x MediaError          a video or audio file cannot be read or written
      x ModelError          weights or a face model are missing, corrupt or of another version
      x NoFaceError         no usable face in the requested frames
      x ProjectError        a project file is damaged, open elsewhere, or of a newer version
      x ExchangeError       a CSV or another exchange file does not hold what we need
      x WishError           the user asked for something that does not exist (also ValueError)
      x PluginError         a plug-in failed; it is switched off
      x ShapeError          (also ValueError) an array has not the shape its axes promise: a bug
    * Cancelled             a job was asked to stop; not an error

Handle once: core raises, the job or the verb catches, the window or the terminal shows.
"""


class FaceStudioError(Exception):
    """A failure with one clear sentence for a person: what, which file, what to do."""


class MediaError(FaceStudioError):
    """A video or audio file cannot be read or written."""


class ModelError(FaceStudioError):
    """Weights or a face model are missing, corrupt or of another version."""


class NoFaceError(FaceStudioError):
    """No usable face in the requested frames."""


class ProjectError(FaceStudioError):
    """A project file is damaged, open elsewhere, or newer than this program."""


class ExchangeError(FaceStudioError):
    """An exchange file does not hold what we need."""


class WishError(FaceStudioError, ValueError):
    """The user named an emotion, curve or option that does not exist; says which do."""


class PluginError(FaceStudioError):
    """A plug-in failed and has been switched off."""


class ShapeError(FaceStudioError, ValueError):
    """An array has not the shape its axes promise: a bug of the caller."""


class Cancelled(Exception):  # noqa: N818 - not an error
    """A job was asked to stop."""
