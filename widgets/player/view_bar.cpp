#include "widgets/player/view_bar.h"

#include "widgets/params/segmented_switch.h"
#include "widgets/params/value_slider.h"
#include "widgets/theme/icon.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

QComboBox* paneCombo(const QString& name, const QString& help, QWidget* parent)
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->setToolTip(help);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(9);
    return combo;
}

} // namespace

ViewBar::ViewBar(QWidget* parent) : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* top = new QHBoxLayout;
    top->setSpacing(2);
    column->addLayout(top);
    makeTop(top);
    options_ = new QWidget(this);
    auto* row = new QHBoxLayout(options_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    makeOptions(row);
    column->addWidget(options_);
}

QToolButton* ViewBar::toggle(const char* icon, const QString& name, const QString& help,
                             bool PlayerState::*member)
{
    auto* button = new QToolButton(this);
    button->setIcon(theme::icon(QLatin1String(icon)));
    button->setIconSize({20, 20});
    button->setCheckable(true);
    button->setAccessibleName(name);
    button->setToolTip(help);
    connect(button, &QToolButton::clicked, this, [this, member, name](bool on) {
        PlayerState after = state_;
        after.*member = on;
        edit(after, on ? tr("Show %1").arg(name) : tr("Hide %1").arg(name));
    });
    toggles_.push_back({button, member});
    return button;
}

void ViewBar::makeTop(QHBoxLayout* row)
{
    modes_ = new SegmentedSwitch(this);
    modes_->setAccessibleName(tr("How panes are shown"));
    modes_->setOptions({modeTitle(Mode::grid), modeTitle(Mode::wipe), modeTitle(Mode::lens),
                        modeTitle(Mode::blink), modeTitle(Mode::difference)},
                       {tr("All panes at once (Alt+1)"),
                        tr("One picture left of the handle, one right of it (Alt+2)"),
                        tr("The second picture through a round lens (Alt+3)"),
                        tr("Two pictures by turns (Alt+4)"),
                        tr("Every pane less the first: signed, absolute, heat map (Alt+5)")});
    connect(modes_, &SegmentedSwitch::chosen, this, [this](int index) {
        PlayerState after = state_;
        after.mode = static_cast<Mode>(index);
        edit(after, modeTitle(after.mode));
    });
    row->addWidget(modes_);
    row->addStretch(1);

    blocks_ = new QToolButton(this);
    blocks_->setIcon(theme::icon(QStringLiteral("blocks")));
    blocks_->setIconSize({20, 20});
    blocks_->setCheckable(true);
    blocks_->setAccessibleName(tr("Block quality"));
    blocks_->setToolTip(tr("PSNR, then SSIM, of 16 × 16 blocks over the picture, then none (B)"));
    connect(blocks_, &QToolButton::clicked, this, [this] {
        PlayerState after = state_;
        after.blocks = static_cast<BlockMeasure>((static_cast<int>(state_.blocks) + 1) % 3);
        edit(after, tr("Block quality"));
    });
    row->addWidget(blocks_);
    row->addWidget(toggle("motion", tr("motion vectors"),
                          tr("Motion vectors of the coded stream, as arrows (V)"),
                          &PlayerState::motion));
    row->addWidget(toggle("quantizer", tr("quantizers"),
                          tr("Quantizer of each block of the coded stream (Q)"), &PlayerState::qp));
    row->addSpacing(6);
    row->addWidget(toggle("inspector", tr("sample values"),
                          tr("Values of all streams under the mouse, 8 × 8 samples (I)"),
                          &PlayerState::inspector));
    row->addWidget(toggle("scopes", tr("histogram and waveform"),
                          tr("Histogram and waveform of the frame shown (H)"),
                          &PlayerState::scopes));
    row->addSpacing(6);
    zoom_ = new QToolButton(this);
    zoom_->setAccessibleName(tr("Zoom"));
    zoom_->setToolTip(tr("Zoom of all panes. 0: fit, Z: one sample per pixel, + and -; "
                         "wheel: at the cursor"));
    zoom_->setPopupMode(QToolButton::InstantPopup);
    zoom_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    auto* menu = new QMenu(zoom_);
    menu->addAction(tr("Fit"), this, [this] { emit zoomWished(0); });
    for (const double zoom : {0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0})
        menu->addAction(QStringLiteral("%1 %").arg(zoom * 100), this,
                        [this, zoom] { emit zoomWished(zoom); });
    zoom_->setMenu(menu);
    zoom_->setMinimumWidth(62);
    row->addWidget(zoom_);
    auto* help = new QToolButton(this);
    help->setIcon(theme::icon(QStringLiteral("keyboard")));
    help->setIconSize({20, 20});
    help->setAccessibleName(tr("Keys of the player"));
    help->setToolTip(tr("Everything by keyboard: the list (?)"));
    connect(help, &QToolButton::clicked, this, &ViewBar::helpWished);
    row->addWidget(help);
}

void ViewBar::makeOptions(QHBoxLayout* row)
{
    first_ = paneCombo(tr("First pane"),
                       tr("Left of the handle, around the lens; what "
                          "differences are taken from (Shift and a digit)"),
                       options_);
    second_ =
        paneCombo(tr("Second pane"), tr("Right of the handle, in the lens (a digit)"), options_);
    firstLabel_ = new QLabel(options_);
    secondLabel_ = new QLabel(options_);
    for (QLabel* label : {firstLabel_, secondLabel_})
        label->setProperty("role", "muted");
    for (const auto& [combo, isFirst] : {std::pair{first_, true}, {second_, false}})
        connect(combo, &QComboBox::activated, this, [this, isFirst, combo](int index) {
            PlayerState after = state_;
            (isFirst ? after.first : after.second) = combo->itemData(index).toString();
            edit(after, isFirst ? tr("Choose the first pane") : tr("Choose the second pane"));
        });
    direction_ = new QToolButton(options_);
    direction_->setIcon(theme::icon(QStringLiteral("wipe-direction")));
    direction_->setIconSize({20, 20});
    direction_->setCheckable(true);
    direction_->setAccessibleName(tr("Handle lies"));
    direction_->setToolTip(tr("The handle lies: first pane above, second below (X)"));
    connect(direction_, &QToolButton::clicked, this, [this](bool on) {
        PlayerState after = state_;
        after.wipeHorizontal = on;
        edit(after, tr("Turn the handle"));
    });
    differences_ = new SegmentedSwitch(options_);
    differences_->setAccessibleName(tr("Kind of difference"));
    differences_->setOptions({tr("Signed"), tr("Absolute"), tr("Heat map")},
                             {tr("128 + Δ × gain (D: next kind)"), tr("|Δ| × gain"),
                              tr("|Δ| × gain by colour, in 8-bit units")});
    connect(differences_, &SegmentedSwitch::chosen, this, [this](int index) {
        PlayerState after = state_;
        after.difference = static_cast<video::DifferenceMode>(index);
        edit(after, tr("Kind of difference"));
    });
    planes_ = new SegmentedSwitch(options_);
    planes_->setAccessibleName(tr("Plane"));
    planes_->setOptions({QStringLiteral("Y"), QStringLiteral("U"), QStringLiteral("V")},
                        {tr("Luma (P: next plane)"), tr("Blue chroma"), tr("Red chroma")});
    connect(planes_, &SegmentedSwitch::chosen, this, [this](int index) {
        PlayerState after = state_;
        after.plane = index;
        edit(after, tr("Choose the plane"));
    });
    gain_ = new ValueSlider(
        tr("Gain ×"), tr("Gain of the difference"),
        {.low = 1, .high = 64, .typedLow = 1, .typedHigh = 64, .decimals = 1, .logarithmic = true},
        options_);
    gain_->setHelp(tr("The difference is multiplied by this (Shift and + or -)"));
    connect(gain_, &ValueSlider::chosen, this, [this](double value, bool) {
        PlayerState after = state_;
        after.gain = std::clamp(value, 1.0, 64.0);
        edit(after, tr("Gain of the difference"), QStringLiteral("gain"));
    });
    hertz_ = new ValueSlider(tr("Changes / s"), tr("Changes a second"),
                             {.low = 1, .high = 8, .typedLow = 1, .typedHigh = 8, .decimals = 1},
                             options_);
    hertz_->setHelp(tr("How often the two pictures change places in a second"));
    connect(hertz_, &ValueSlider::chosen, this, [this](double value, bool) {
        PlayerState after = state_;
        after.blinkHertz = std::clamp(value, 1.0, 8.0);
        edit(after, tr("Changes a second"), QStringLiteral("hertz"));
    });
    row->addWidget(firstLabel_);
    row->addWidget(first_);
    row->addWidget(secondLabel_);
    row->addWidget(second_);
    row->addWidget(direction_);
    row->addWidget(differences_);
    row->addWidget(planes_);
    row->addWidget(gain_, 1);
    row->addWidget(hertz_, 1);
    row->addStretch(1);
}

void ViewBar::setPanes(const std::vector<Choice>& panes, int first, int second)
{
    for (const auto& [combo, chosen] : {std::pair{first_, first}, {second_, second}}) {
        const QSignalBlocker silent(combo);
        combo->clear();
        for (const Choice& pane : panes)
            combo->addItem(pane.name, pane.id);
        combo->setCurrentIndex(chosen);
    }
}

void ViewBar::setState(const PlayerState& state, double shownZoom)
{
    state_ = state;
    modes_->setCurrent(static_cast<int>(state.mode));
    for (const Toggle& one : toggles_)
        one.button->setChecked(state.*one.member);
    blocks_->setChecked(state.blocks != BlockMeasure::none);
    zoom_->setText(state.zoom > 0  ? QStringLiteral("%1 %").arg(std::round(state.zoom * 100))
                   : shownZoom > 0 ? tr("Fit %1 %").arg(std::round(shownZoom * 100))
                                   : tr("Fit"));
    const bool isPair =
        state.mode == Mode::wipe || state.mode == Mode::lens || state.mode == Mode::blink;
    const bool isDifference = state.mode == Mode::difference;
    options_->setVisible(isPair || isDifference);
    firstLabel_->setText(isDifference                                       ? tr("Against")
                         : state.mode == Mode::lens                         ? tr("Around")
                         : state.mode == Mode::wipe && state.wipeHorizontal ? tr("Above")
                         : state.mode == Mode::wipe                         ? tr("Left")
                                                                            : tr("First"));
    secondLabel_->setText(state.mode == Mode::lens                           ? tr("In the lens")
                          : state.mode == Mode::wipe && state.wipeHorizontal ? tr("Below")
                          : state.mode == Mode::wipe                         ? tr("Right")
                                                                             : tr("Then"));
    secondLabel_->setVisible(isPair);
    second_->setVisible(isPair);
    direction_->setVisible(state.mode == Mode::wipe);
    direction_->setChecked(state.wipeHorizontal);
    differences_->setVisible(isDifference);
    differences_->setCurrent(static_cast<int>(state.difference));
    planes_->setVisible(isDifference);
    planes_->setCurrent(state.plane);
    gain_->setVisible(isDifference);
    gain_->setNumber(state.gain);
    hertz_->setVisible(state.mode == Mode::blink);
    hertz_->setNumber(state.blinkHertz);
}

} // namespace vitrine::player
