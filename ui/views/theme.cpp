// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QProxyStyle>
#include <QStyleFactory>

static void load_icons() { Q_INIT_RESOURCE(icons); }

namespace anamorph {
namespace {

std::array<QColor, 4> curve_colours() {
    return {QColor("#2f6fde"), QColor("#e07b39"), QColor("#3a9d5d"), QColor("#8c5bc0")};
}

Theme make_light() {
    Theme theme;
    theme.name = QStringLiteral("light");
    theme.background = QColor("#f4f6f8");
    theme.card = QColor("#ffffff");
    theme.ink = QColor("#1d2733");
    theme.muted = QColor("#66737f");
    theme.hairline = QColor("#dfe4e9");
    theme.accent = QColor("#2f6fde");
    theme.on_accent = QColor("#ffffff");
    theme.selected = QColor("#eaf1fd");
    theme.good = QColor("#2e9e62");
    theme.warning = QColor("#a86a0c");
    theme.bad = QColor("#c5392f");
    theme.curves = curve_colours();
    return theme;
}

Theme make_dark() {
    Theme theme;
    theme.name = QStringLiteral("dark");
    theme.dark = true;
    theme.background = QColor("#0f1216");
    theme.card = QColor("#171b21");
    theme.ink = QColor("#e8edf2");
    theme.muted = QColor("#93a1ae");
    theme.hairline = QColor("#2a313a");
    theme.accent = QColor("#6ea2ff");
    theme.on_accent = QColor("#0b1420");
    theme.selected = QColor("#1d2a3f");
    theme.good = QColor("#4cc38a");
    theme.warning = QColor("#e6b35a");
    theme.bad = QColor("#ff7b72");
    theme.curves = curve_colours();
    return theme;
}

/// Fusion without underlined letters in menus (they still work with Alt) and pictures on buttons.
class PlainStyle : public QProxyStyle {
public:
    PlainStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override {
        if (hint == SH_UnderlineShortcut || hint == SH_DialogButtonBox_ButtonsHaveIcons) return 0;
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
};

/// The style sheet with colours by name: @ink, @card, …
const char* const sheet_template = R"(
* { outline: 0; }
QToolTip { background: @card; color: @ink; border: 1px solid @hairline; padding: 5px 7px; }
QMainWindow, QDialog { background: @card; }
QWidget#card, QWidget#topBar, QWidget#bottomBar, QScrollArea#panelScroll, QWidget#panelBody { background: @card; }
QFrame#hairline { background: @hairline; border: none; }
QScrollArea { border: none; background: transparent; }
QSplitter::handle { background: @hairline; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="value"] { font-weight: 600; }
QLabel[role="section"] { color: @muted; font-weight: 600; letter-spacing: 0.6px; }
QLabel[role="bad"] { color: @bad; }
QLabel[role="warning"] { color: @warning; }
QMenuBar { background: transparent; color: @muted; }
QMenuBar::item { background: transparent; padding: 6px 10px; border-radius: 6px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @selected; color: @ink; }
QMenu { background: @card; border: 1px solid @hairline; padding: 4px; color: @ink; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selected; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @hairline; margin: 4px 8px; }
QPushButton { background: @card; color: @ink; border: 1px solid @border; border-radius: 6px; padding: 5px 12px; }
QPushButton:hover { background: @background; }
QPushButton:pressed { background: @selected; }
QPushButton:disabled { color: @faint; border-color: @hairline; }
QPushButton:focus { border-color: @accent; }
QPushButton[kind="primary"] { background: @accent; color: @onaccent; border: 1px solid @accent; font-weight: 600; padding: 6px 12px; }
QPushButton[kind="primary"]:hover { background: @accenthover; border-color: @accenthover; }
QPushButton[kind="primary"]:disabled { background: @hairline; border-color: @hairline; color: @muted; }
QPushButton[kind="link"] { background: transparent; border: none; color: @accent; padding: 2px 0; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QToolButton { background: transparent; border: none; border-radius: 6px; padding: 4px 6px; color: @muted; }
QToolButton:hover { background: @background; color: @ink; }
QToolButton:checked { color: @ink; }
QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit { background: @background; color: @ink; border: 1px solid @hairline; border-radius: 6px;
  padding: 3px 8px; min-height: 18px; selection-background-color: @accent; selection-color: @onaccent; }
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover { border-color: @border; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: @accent; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled { color: @faint; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/icons/chevron_down_@name.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: @card; color: @ink; border: 1px solid @hairline; selection-background-color: @selected; selection-color: @ink; padding: 2px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { border: none; background: transparent; width: 16px; }
QSpinBox::down-button, QDoubleSpinBox::down-button { border: none; background: transparent; width: 16px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/chevron_up_@name.svg); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/chevron_down_@name.svg); width: 8px; height: 8px; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: @faint; }
QCheckBox::indicator, QGroupBox::indicator { width: 13px; height: 13px; border: 1px solid @border; border-radius: 4px; background: @card; }
QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/tick_@name.svg); }
QCheckBox::indicator:checked:disabled { background: @faint; border-color: @faint; }
QRadioButton::indicator { width: 13px; height: 13px; border: 1px solid @border; border-radius: 7px; background: @card; }
QRadioButton::indicator:checked { border: 4px solid @accent; width: 7px; height: 7px; background: @card; }
QSlider { min-height: 20px; background: transparent; }
QSlider::groove:horizontal { height: 4px; background: @hairline; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: @hairline; }
QSlider::handle:horizontal { background: @accent; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }
QSlider::handle:horizontal:disabled { background: @faint; }
QProgressBar { background: @hairline; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 7px 12px 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @ink; }
QTabBar::tab:selected { color: @ink; font-weight: 600; border-bottom: 2px solid @accent; }
QTabWidget::pane { border: none; background: @card; }
QTableView, QListWidget, QPlainTextEdit { background: @card; color: @ink; border: none; gridline-color: @hairline;
  alternate-background-color: @card; selection-background-color: @selected; selection-color: @ink; }
QPlainTextEdit { padding: 4px 8px; }
QTableView::item { padding: 1px 6px; }
QHeaderView { background: @card; border: none; }
QHeaderView::section { background: @card; color: @muted; border: none; border-bottom: 1px solid @hairline; padding: 2px 5px; font-weight: 500; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: padding; subcontrol-position: center left; width: 8px; height: 8px; }
QHeaderView::up-arrow { image: url(:/icons/chevron_up_@name.svg); }
QHeaderView::down-arrow { image: url(:/icons/chevron_down_@name.svg); }
QTableCornerButton::section { background: @card; border: none; border-bottom: 1px solid @hairline; }
QFrame#verdict { background: @selected; border: none; border-radius: 8px; }
QFrame#bannerBad { background: @badsoft; border: none; border-radius: 8px; }
QFrame#bannerWarning { background: @warningsoft; border: none; border-radius: 8px; }
QFrame#bannerGood { background: @goodsoft; border: none; border-radius: 8px; }
QGroupBox { border: none; margin-top: 18px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: @muted; font-weight: 600; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

QColor blend(const QColor& a, const QColor& b, double share_of_b) {
    const double s = share_of_b;
    return QColor::fromRgbF(static_cast<float>(a.redF() * (1 - s) + b.redF() * s),
                            static_cast<float>(a.greenF() * (1 - s) + b.greenF() * s),
                            static_cast<float>(a.blueF() * (1 - s) + b.blueF() * s));
}

}  // namespace

const Theme& Theme::light() {
    static const Theme theme = make_light();
    return theme;
}

const Theme& Theme::dark_theme() {
    static const Theme theme = make_dark();
    return theme;
}

const Theme& Theme::by_name(const QString& name) {
    if (name == QLatin1String("light")) return light();
    if (name == QLatin1String("dark")) return dark_theme();
    // The desktop's own palette, asked for before ours replaces it.
    static const bool desktop_is_dark =
        QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    return desktop_is_dark ? dark_theme() : light();
}

QPalette Theme::palette() const {
    QPalette p;
    p.setColor(QPalette::Window, card);
    p.setColor(QPalette::WindowText, ink);
    p.setColor(QPalette::Base, card);
    p.setColor(QPalette::AlternateBase, background);
    p.setColor(QPalette::Text, ink);
    p.setColor(QPalette::Button, card);
    p.setColor(QPalette::ButtonText, ink);
    p.setColor(QPalette::BrightText, bad);
    p.setColor(QPalette::ToolTipBase, card);
    p.setColor(QPalette::ToolTipText, ink);
    p.setColor(QPalette::PlaceholderText, muted);
    p.setColor(QPalette::Highlight, accent);
    p.setColor(QPalette::HighlightedText, on_accent);
    p.setColor(QPalette::Link, accent);
    p.setColor(QPalette::LinkVisited, accent);
    const QColor faint = blend(muted, card, 0.45);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, faint);
    return p;
}

QString Theme::style_sheet() const {
    QString sheet = QString::fromLatin1(sheet_template);
    const std::array<std::pair<const char*, QString>, 19> names = {{
        {"@background", background.name()},
        {"@badsoft", blend(card, bad, dark ? 0.20 : 0.10).name()},
        {"@warningsoft", blend(card, warning, dark ? 0.18 : 0.12).name()},
        {"@goodsoft", blend(card, good, dark ? 0.20 : 0.12).name()},
        {"@border", blend(hairline, muted, 0.25).name()},
        {"@scroll", blend(hairline, muted, 0.30).name()},
        {"@faint", blend(muted, card, 0.45).name()},
        {"@accenthover", blend(accent, ink, 0.12).name()},
        {"@onaccent", on_accent.name()},
        {"@card", card.name()},
        {"@ink", ink.name()},
        {"@muted", muted.name()},
        {"@hairline", hairline.name()},
        {"@accent", accent.name()},
        {"@selected", selected.name()},
        {"@good", good.name()},
        {"@warning", warning.name()},
        {"@bad", bad.name()},
        {"@name", name},
    }};
    for (const auto& [key, value] : names) sheet.replace(QLatin1String(key), value);
    return sheet;
}

QFont theme_font(double pixels, bool bold) {
    static const QString family = QFontDatabase::families().contains(QStringLiteral("Inter"))
                                      ? QStringLiteral("Inter")
                                      : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    QFont font(family);
    font.setPointSizeF(pixels * 72.0 / 96.0);
    if (bold) font.setWeight(QFont::DemiBold);
    return font;
}

void apply_theme(QApplication& application, const Theme& theme) {
    load_icons();
    QApplication::setStyle(new PlainStyle);
    QApplication::setPalette(theme.palette());
    QApplication::setFont(theme_font());
    application.setStyleSheet(theme.style_sheet());
}

}  // namespace anamorph
