"""How the studio looks: the only place of colours, spacing and fonts.

Colours are ``#rrggbb`` strings, lengths are device-independent pixels. `dress` is called
once, before the first window is made.
"""

from collections.abc import Mapping

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from core.paths import resource

# Surfaces, from the deepest to the nearest.
DEEP = "#17181a"
BASE = "#1c1e21"
WINDOW = "#25272b"
RAISED = "#2b2e33"
BUTTON = "#33373d"
HOVER = "#3b4047"
LINE = "#44484f"
LIGHT = "#4a4f57"

# Writing on them.
TEXT = "#e6e6e6"
QUIET = "#a9aeb7"
FAINT = "#8a8f98"
DISABLED = "#777777"
ON_ACCENT = "#ffffff"

# Meaning.
ACCENT = "#3d8bfd"
ACCENT_DEEP = "#2563c4"
GOOD = "#4cb782"
WARN = "#e0a63f"
BAD = "#e5645e"
PLAYHEAD = "#ff6a55"
FILMED = "#9aa3af"
EDITED = "#5aa2ff"
KEY = "#f2c14e"
SPEECH = "#58b7b0"
WAVE = "#6f8fae"
CACHED = "#3f7f5a"
RANGE = "#3d8bfd"

REGIONS: Mapping[str, str] = {
    "brows": "#b48ce8",
    "eyes": "#5aa2ff",
    "cheeks": "#e58fb0",
    "jaw": "#e0a063",
    "mouth": "#e5746e",
    "tongue": "#c96fa8",
    "expression": "#9aa3af",
}
EMOTIONS: Mapping[str, str] = {
    "neutral": "#9aa3af",
    "angry": "#e5645e",
    "disgusted": "#8fb04a",
    "fear": "#a683e3",
    "happy": "#f2c14e",
    "sad": "#5c93d6",
    "surprised": "#f0905a",
    "contempt": "#b08968",
    "calm": "#58b7b0",
}
# The head in the viewport: its materials, and change from none to the most.
CLAY = "#b9a79b"
CLAY_LIPS = "#b58a82"
CLAY_INSIDE = "#7d5550"
EYE_WHITE = "#e4e2dd"
IRIS = "#5d6b78"
PUPIL = "#1d2024"
TEETH = "#dcd8cc"
HEAT = ("#59606a", "#3f6fb8", "#43ada6", "#e6c85a", "#ee6a48")

# Spacing: one step of four; rows are high enough for a hand that is not quite steady.
TINY = 2
SMALL = 4
GAP = 8
WIDE = 12
LARGE = 20
ROW = 26
ICON = 16
RADIUS = 4
LABEL_WIDTH = 132
NUMBER_WIDTH = 62


def colour(name: str, alpha: int = 255) -> QColor:
    """Return a colour of this module as Qt's; `alpha` 0..255, 255 = opaque."""
    made = QColor(name)
    made.setAlpha(alpha)
    return made


def region_colour(region: str) -> QColor:
    """Return the colour of a region of the face ("brows", "mouth", …)."""
    return colour(REGIONS.get(region, FILMED))


def emotion_colour(label: str) -> QColor:
    """Return the colour of an emotion ("happy", …)."""
    return colour(EMOTIONS.get(label, FILMED))


def small_font(font: QFont) -> QFont:
    """Return `font` one size smaller, for captions and rulers."""
    smaller = QFont(font)
    smaller.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
    return smaller


def title_font(font: QFont) -> QFont:
    """Return `font` large and firm, for the head of a page."""
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * 1.7)
    larger.setWeight(QFont.Weight.DemiBold)
    return larger


def number_font() -> QFont:
    """Return a font whose digits have one width, for time codes and values."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    fixed.setPointSizeF(max(7.0, QApplication.font().pointSizeF() - 0.5))
    return fixed


def palette() -> QPalette:
    """Return the dark palette, disabled colours included."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, name in {
        role.Window: WINDOW, role.Base: BASE, role.AlternateBase: RAISED, role.Button: BUTTON,
        role.Mid: LINE, role.Light: LIGHT, role.Midlight: HOVER, role.Dark: DEEP,
        role.Shadow: DEEP, role.Text: TEXT, role.WindowText: TEXT, role.ButtonText: TEXT,
        role.BrightText: ON_ACCENT, role.Highlight: ACCENT, role.HighlightedText: ON_ACCENT,
        role.ToolTipBase: BUTTON, role.ToolTipText: TEXT, role.PlaceholderText: FAINT,
        role.Link: EDITED, role.LinkVisited: EDITED, role.Accent: ACCENT,
    }.items():  # fmt: skip
        made.setColor(where, colour(name))
    off = QPalette.ColorGroup.Disabled
    for where in (role.Text, role.WindowText, role.ButtonText, role.PlaceholderText):
        made.setColor(off, where, colour(DISABLED))
    made.setColor(off, role.Highlight, colour(LINE))
    made.setColor(off, role.HighlightedText, colour(QUIET))
    return made


def style_sheet() -> str:
    """Return what the palette cannot say: docks, tool tips, scroll bars, fields, lists."""
    tick = resource("icons/check.svg").as_posix()
    down = resource("icons/down.svg").as_posix()
    return f"""
QToolTip {{ background: {BUTTON}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px 6px; }}
QMainWindow::separator {{ background: {DEEP}; width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {ACCENT}; }}
QDockWidget::title {{ background: {RAISED}; padding: 5px 8px; text-align: left; }}
QMenuBar, QStatusBar {{ background: {WINDOW}; }}
QStatusBar QLabel {{ padding-left: 6px; }}
QStatusBar::item {{ border: none; }}
QMenu {{ background: {RAISED}; border: 1px solid {LINE}; padding: 4px 0; }}
QMenu::item {{ padding: 5px 28px 5px 24px; }}
QMenu::item:selected {{ background: {ACCENT_DEEP}; color: {ON_ACCENT}; }}
QMenu::item:disabled {{ color: {DISABLED}; }}
QMenu::separator {{ background: {LINE}; height: 1px; margin: 4px 8px; }}
QToolButton {{ border: 1px solid transparent; border-radius: {RADIUS}px; padding: 3px; }}
QToolButton[popupMode="2"] {{ padding-right: 16px; }}
QToolButton::menu-indicator {{ image: url("{down}"); width: 11px; height: 11px;
  subcontrol-origin: padding; subcontrol-position: right center; right: 3px; }}
QToolButton:hover {{ background: {HOVER}; }}
QToolButton:checked {{ background: {ACCENT_DEEP}; color: {ON_ACCENT}; }}
QToolButton:focus {{ border-color: {ACCENT}; }}
QPushButton {{ background: {BUTTON}; border: 1px solid {LINE}; border-radius: {RADIUS}px;
  padding: 4px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {HOVER}; }}
QPushButton:pressed {{ background: {BASE}; }}
QPushButton:focus {{ border-color: {ACCENT}; }}
QPushButton:disabled {{ color: {DISABLED}; background: {WINDOW}; }}
QPushButton[primary="true"] {{ background: {ACCENT_DEEP}; border-color: {ACCENT_DEEP};
  color: {ON_ACCENT}; }}
QPushButton[primary="true"]:hover {{ background: {ACCENT}; }}
QPushButton[primary="true"]:focus {{ border-color: {ON_ACCENT}; }}
QPushButton[primary="true"]:disabled {{ background: {HOVER}; border-color: {HOVER};
  color: {DISABLED}; }}
QPushButton[choice="true"] {{ background: {RAISED}; border: 1px solid {HOVER};
  border-radius: 8px; text-align: left; }}
QPushButton[choice="true"]:hover {{ background: {BUTTON}; border-color: {LIGHT}; }}
QPushButton[choice="true"]:focus {{ border-color: {ACCENT}; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit {{ background: {BASE};
  border: 1px solid {LINE}; border-radius: {RADIUS}px; padding: 2px 5px;
  selection-background-color: {ACCENT_DEEP}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus {{
  border-color: {ACCENT}; }}
QSpinBox QLineEdit {{ background: transparent; border: none; padding: 0px; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0px; border: none; }}
QLineEdit:disabled {{ background: {WINDOW}; border-color: {BUTTON}; }}
QComboBox {{ background: {BUTTON}; border: 1px solid {LINE}; border-radius: {RADIUS}px;
  padding: 3px 8px; min-height: 18px; }}
QComboBox:hover {{ background: {HOVER}; }}
QComboBox:focus {{ border-color: {ACCENT}; }}
QComboBox:disabled {{ color: {DISABLED}; background: {WINDOW}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {LINE}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QListView, QTreeView, QTableView {{ background: {BASE}; border: 1px solid {DEEP};
  outline: none; }}
QListView:focus, QTreeView:focus, QTableView:focus {{ border-color: {ACCENT}; }}
QListView::item {{ padding: 0 5px; }}
QTreeView::item {{ padding: 3px 2px; }}
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{
  background: {ACCENT_DEEP}; color: {ON_ACCENT}; }}
QListView::item:hover:!selected, QTreeView::item:hover:!selected {{ background: {RAISED}; }}
QListView::indicator, QTreeView::indicator, QCheckBox::indicator, QMenu::indicator {{
  width: 13px; height: 13px; border: 1px solid {FAINT}; border-radius: 3px;
  background: {BASE}; }}
QMenu::indicator {{ left: 6px; }}
QListView::indicator:checked, QTreeView::indicator:checked, QCheckBox::indicator:checked,
QMenu::indicator:checked {{ background: {ACCENT_DEEP}; border-color: {ACCENT};
  image: url("{tick}"); }}
QCheckBox::indicator:focus {{ border-color: {ACCENT}; }}
QCheckBox::indicator:disabled {{ border-color: {LINE}; }}
QHeaderView::section {{ background: {RAISED}; border: none; padding: 4px 8px; }}
QProgressBar {{ background: {BASE}; border: none; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 3px; }}
QTabWidget::pane {{ border: 1px solid {DEEP}; }}
QTabBar::tab {{ background: {WINDOW}; padding: 5px 12px; color: {QUIET};
  border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {TEXT}; }}
QTabBar::tab:selected {{ background: {RAISED}; color: {TEXT};
  border-bottom: 2px solid {ACCENT}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollBar {{ background: {WINDOW}; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {LIGHT}; border-radius: 4px; margin: 1px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QLabel[quiet="true"] {{ color: {QUIET}; }}
QLabel[bad="true"] {{ color: {BAD}; }}
"""


def dress(app: QApplication) -> None:
    """Give `app` Fusion, the dark palette and the style sheet."""
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setStyleSheet(style_sheet())
