#include "widgets/player/canvas.h"
#include "widgets/player/player.h"

#include <algorithm>

namespace vitrine::player
{
namespace
{

constexpr double kStep = 1.25, kPan = 0.1, kWipe = 0.02;

} // namespace

std::vector<std::pair<QString, QString>> Player::keyList()
{
    return {{tr("Space"), tr("Play or pause")},
            {tr("Left, Right"), tr("Frame before, after")},
            {tr("Shift + Left, Right"), tr("Ten frames before, after")},
            {tr("Page Up, Page Down"), tr("Key frame before, after (second pane)")},
            {tr("Home, End"), tr("First, last frame; first of the loop")},
            {tr("G"), tr("Type a frame number")},
            {tr("W, Shift + W"), tr("Worst frame, the next worst; back")},
            {tr("M"), tr("Next measure of quality")},
            {tr(", and ."), tr("The loop begins, ends here")},
            {tr("L"), tr("No loop")},
            {tr("< and >"), tr("Slower, faster")},
            {tr("Alt + 1 to 5"), tr("Side by side, wipe, lens, blink, difference")},
            {tr("1 to 8"), tr("Second pane")},
            {tr("Shift + 1 to 8"), tr("First pane")},
            {tr("S"), tr("First and second change places")},
            {tr("Ctrl + Left, Right"), tr("Move the handle of the wipe")},
            {tr("X"), tr("Turn the handle of the wipe")},
            {tr("D, P"), tr("Next kind of difference, next plane")},
            {tr("Shift + Up, Down"), tr("Gain twice, half")},
            {tr("B, V, Q"), tr("Block quality, motion vectors, quantizers")},
            {tr("I, H"), tr("Sample values, histogram and waveform")},
            {tr("+, -, 0, Z"), tr("Zoom in, out, fit, one sample per pixel")},
            {tr("Alt + arrows"), tr("Pan")},
            {tr("[ and ]"), tr("Second pane one frame earlier, later")},
            {tr("Ctrl + S"), tr("Save the second pane's still")},
            {tr("?"), tr("This list")}};
}

bool Player::pressKey(int key, Qt::KeyboardModifiers modifiers)
{
    const bool shift = modifiers & Qt::ShiftModifier, control = modifiers & Qt::ControlModifier,
               alt = modifiers & Qt::AltModifier;
    PlayerState after = state_;
    const auto change = [&](const QString& label, const QString& merge = {}) {
        edit(after, label, merge);
        return true;
    };
    const auto done = [this](Act what) {
        act(what);
        return true;
    };
    if (alt) {
        if (key >= Qt::Key_1 && key <= Qt::Key_5) {
            after.mode = static_cast<Mode>(key - Qt::Key_1);
            return change(modeTitle(after.mode));
        }
        switch (key) {
        case Qt::Key_Left:
            return panBy(kPan, 0), true;
        case Qt::Key_Right:
            return panBy(-kPan, 0), true;
        case Qt::Key_Up:
            return panBy(0, kPan), true;
        case Qt::Key_Down:
            return panBy(0, -kPan), true;
        }
        return false;
    }
    if (control) {
        switch (key) {
        case Qt::Key_Left:
        case Qt::Key_Up:
            after.wipe = std::max(0.0, state_.wipe - kWipe);
            return change(tr("Move the wipe"), QStringLiteral("wipe"));
        case Qt::Key_Right:
        case Qt::Key_Down:
            after.wipe = std::min(1.0, state_.wipe + kWipe);
            return change(tr("Move the wipe"), QStringLiteral("wipe"));
        case Qt::Key_S:
            emit stillWished(secondPane() >= 0 ? secondPane() : firstPane());
            return true;
        }
        return false;
    }
    // Shift and a digit gives another sign on every keyboard: these are the American ones.
    static const std::map<int, int> kShifted = {{Qt::Key_Exclam, 0},     {Qt::Key_At, 1},
                                                {Qt::Key_NumberSign, 2}, {Qt::Key_Dollar, 3},
                                                {Qt::Key_Percent, 4},    {Qt::Key_AsciiCircum, 5},
                                                {Qt::Key_Ampersand, 6},  {Qt::Key_Asterisk, 7}};
    if (const auto digit = kShifted.find(key); digit != kShifted.end())
        return setPairOf(true, digit->second), true;
    if (key >= Qt::Key_1 && key <= Qt::Key_8)
        return setPairOf(shift, key - Qt::Key_1), true;
    switch (key) {
    case Qt::Key_Space:
        return done(Act::play);
    case Qt::Key_Left:
        return done(shift ? Act::back10 : Act::back);
    case Qt::Key_Right:
        return done(shift ? Act::forward10 : Act::forward);
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (!shift)
            return false;
        after.gain = std::clamp(state_.gain * (key == Qt::Key_Up ? 2.0 : 0.5), 1.0, 64.0);
        return change(tr("Gain of the difference"), QStringLiteral("gain"));
    case Qt::Key_PageUp:
        return done(Act::keyBack);
    case Qt::Key_PageDown:
        return done(Act::keyForward);
    case Qt::Key_Home:
        return done(Act::first);
    case Qt::Key_End:
        return done(Act::last);
    case Qt::Key_W:
        return done(shift ? Act::worstBack : Act::worst);
    case Qt::Key_Comma:
        return done(Act::loopIn);
    case Qt::Key_Period:
        return done(Act::loopOut);
    case Qt::Key_L:
        return done(Act::loopClear);
    case Qt::Key_Less:
        after.speed = std::max(0.1, state_.speed / 2);
        return change(tr("Slower"));
    case Qt::Key_Greater:
        after.speed = std::min(4.0, state_.speed * 2);
        return change(tr("Faster"));
    case Qt::Key_S:
        if (secondPane() >= 0)
            setPairOf(true, secondPane());
        return true;
    case Qt::Key_X:
        after.wipeHorizontal = !state_.wipeHorizontal;
        return change(tr("Turn the handle"));
    case Qt::Key_D:
        after.difference =
            static_cast<video::DifferenceMode>((static_cast<int>(state_.difference) + 1) % 3);
        return change(tr("Kind of difference"));
    case Qt::Key_P:
        after.plane = (state_.plane + 1) % 3;
        return change(tr("Choose the plane"));
    case Qt::Key_B:
        after.blocks = static_cast<BlockMeasure>((static_cast<int>(state_.blocks) + 1) % 3);
        return change(tr("Block quality"));
    case Qt::Key_V:
        after.motion = !state_.motion;
        return change(tr("Motion vectors"));
    case Qt::Key_Q:
        after.qp = !state_.qp;
        return change(tr("Quantizers"));
    case Qt::Key_I:
        after.inspector = !state_.inspector;
        return change(tr("Sample values"));
    case Qt::Key_H:
        after.scopes = !state_.scopes;
        return change(tr("Histogram and waveform"));
    case Qt::Key_M: {
        const auto all = measures();
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].name == state_.quality) {
                after.quality = all[(i + 1) % all.size()].name;
                return change(tr("Choose the measure"));
            }
        return true;
    }
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomBy(kStep), true;
    case Qt::Key_Minus:
        return zoomBy(1 / kStep), true;
    case Qt::Key_0:
        return zoomTo(0), true;
    case Qt::Key_Z:
        return zoomTo(1), true;
    case Qt::Key_BracketLeft:
        return this->shift(secondPane(), -1), true;
    case Qt::Key_BracketRight:
        return this->shift(secondPane(), 1), true;
    case Qt::Key_G:
        transportBar_->typeFrame();
        return true;
    case Qt::Key_Question:
        emit helpWished();
        return true;
    }
    return false;
}

} // namespace vitrine::player
