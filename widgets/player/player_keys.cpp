#include "widgets/player/player_keys.h"

#include <QObject>

#include <algorithm>

namespace vitrine::player
{
namespace
{

constexpr double kZoomStep = 1.25, kPanStep = 0.1, kWipeStep = 0.02;

// A change of the state alone.
Change change(const char* label, void (*make)(PlayerState&), const char* mergeKey = "")
{
    return [=](const Shown& shown, int) {
        Edit edit{shown.panes.state(), QObject::tr(label), QLatin1String(mergeKey)};
        make(edit.state);
        return edit;
    };
}

Change toggle(const char* label, bool PlayerState::*member)
{
    return [=](const Shown& shown, int) {
        Edit edit{shown.panes.state(), QObject::tr(label)};
        edit.state.*member = !(edit.state.*member);
        return edit;
    };
}

template <typename Enum>
Enum nextOfThree(Enum value)
{
    return static_cast<Enum>((static_cast<int>(value) + 1) % 3);
}

Edit modeAt(const Shown& shown, int place)
{
    Edit edit{shown.panes.state(), modeTitle(static_cast<Mode>(place))};
    edit.state.mode = static_cast<Mode>(place);
    return edit;
}

// By Left, Right, Up, Down.
std::optional<Edit> panTo(const Shown& shown, int place)
{
    const double way = place % 2 == 0 ? kPanStep : -kPanStep;
    return place < 2 ? panned(shown, way, 0) : panned(shown, 0, way);
}

Change zoomWith(double factor)
{
    return [=](const Shown& shown, int) { return zoomedBy(shown, factor); };
}

Change zoomTo(double zoom)
{
    return [=](const Shown& shown, int) { return zoomed(shown.panes, zoom); };
}

Change shiftSecond(int by)
{
    return [=](const Shown& shown, int) { return shifted(shown.panes, shown.panes.second(), by); };
}

Change wipe(void (*move)(PlayerState&))
{
    return change("Move the wipe", move, "wipe");
}

Change gain(void (*scale)(PlayerState&))
{
    return change("Gain of the difference", scale, "gain");
}

std::optional<Edit> first(const Shown& shown, int place)
{
    return firstChosen(shown.panes, place);
}

std::optional<Edit> second(const Shown& shown, int place)
{
    return secondChosen(shown.panes, place);
}

std::optional<Edit> swap(const Shown& shown, int)
{
    return firstChosen(shown.panes, shown.panes.second());
}

std::optional<Edit> nextMeasure(const Shown& shown, int)
{
    return nextMeasureChosen(shown.panes);
}

Key also(const std::vector<int>& keys, Held held, const KeyAct& act)
{
    return {keys, held, act};
}

Key row(const char* listed, const char* words, const std::vector<int>& keys, Held held,
        const KeyAct& act)
{
    return {keys, held, act, listed, words};
}

} // namespace

const std::vector<Key>& keyTable()
{
    using enum Held;
    using enum Qt::Key;
    using State = PlayerState;
    const std::vector<int> digits = {Key_1, Key_2, Key_3, Key_4, Key_5, Key_6, Key_7, Key_8};
    // Shift and a digit gives another sign on every keyboard: these are the American ones.
    const std::vector<int> signs = {Key_Exclam,  Key_At,          Key_NumberSign, Key_Dollar,
                                    Key_Percent, Key_AsciiCircum, Key_Ampersand,  Key_Asterisk};
    static const std::vector<Key> kTable = {
        row("Space", "Play or pause", {Key_Space}, none, Act::play),
        row("Left, Right", "Frame before, after", {Key_Left}, none, Act::back),
        also({Key_Right}, none, Act::forward),
        row("Shift + Left, Right", "Ten frames before, after", {Key_Left}, shift, Act::back10),
        also({Key_Right}, shift, Act::forward10),
        row("Page Up, Page Down", "Key frame before, after (second pane)", {Key_PageUp}, none,
            Act::keyBack),
        also({Key_PageDown}, none, Act::keyForward),
        row("Home, End", "First, last frame; first of the loop", {Key_Home}, none, Act::first),
        also({Key_End}, none, Act::last),
        row("G", "Type a frame number", {Key_G}, none, Act::typeFrame),
        row("W, Shift + W", "Worst frame, the next worst; back", {Key_W}, none, Act::worst),
        also({Key_W}, shift, Act::worstBack),
        row("M", "Next measure of quality", {Key_M}, none, nextMeasure),
        row(", and .", "The loop begins, ends here", {Key_Comma}, none, Act::loopIn),
        also({Key_Period}, none, Act::loopOut),
        row("L", "No loop", {Key_L}, none, Act::loopClear),
        row("< and >", "Slower, faster", {Key_Less}, none,
            change("Slower", [](State& s) { s.speed = std::max(0.1, s.speed / 2); })),
        also({Key_Greater}, none,
             change("Faster", [](State& s) { s.speed = std::min(4.0, s.speed * 2); })),
        row("Alt + 1 to 5", "Side by side, wipe, lens, blink, difference",
            {Key_1, Key_2, Key_3, Key_4, Key_5}, alt, modeAt),
        row("1 to 8", "Second pane", digits, none, second),
        row("Shift + 1 to 8", "First pane", digits, shift, first),
        also(signs, none, first),
        row("S", "First and second change places", {Key_S}, none, swap),
        row("Ctrl + Left, Right", "Move the handle of the wipe", {Key_Left, Key_Up}, control,
            wipe([](State& s) { s.wipe = std::max(0.0, s.wipe - kWipeStep); })),
        also({Key_Right, Key_Down}, control,
             wipe([](State& s) { s.wipe = std::min(1.0, s.wipe + kWipeStep); })),
        row("X", "Turn the handle of the wipe", {Key_X}, none,
            toggle("Turn the handle", &State::wipeHorizontal)),
        row("D, P", "Next kind of difference, next plane", {Key_D}, none,
            change("Kind of difference",
                   [](State& s) { s.difference = nextOfThree(s.difference); })),
        also({Key_P}, none,
             change("Choose the plane", [](State& s) { s.plane = nextOfThree(s.plane); })),
        row("Shift + Up, Down", "Gain twice, half", {Key_Up}, shift,
            gain([](State& s) { s.gain = std::min(s.gain * 2, 64.0); })),
        also({Key_Down}, shift, gain([](State& s) { s.gain = std::max(s.gain / 2, 1.0); })),
        row("B, V, Q", "Block quality, motion vectors, quantizers", {Key_B}, none,
            change("Block quality", [](State& s) { s.blocks = nextOfThree(s.blocks); })),
        also({Key_V}, none, toggle("Motion vectors", &State::motion)),
        also({Key_Q}, none, toggle("Quantizers", &State::qp)),
        row("I, H", "Sample values, histogram and waveform", {Key_I}, none,
            toggle("Sample values", &State::inspector)),
        also({Key_H}, none, toggle("Histogram and waveform", &State::scopes)),
        row("+, -, 0, Z", "Zoom in, out, fit, one sample per pixel", {Key_Plus, Key_Equal}, none,
            zoomWith(kZoomStep)),
        also({Key_Minus}, none, zoomWith(1 / kZoomStep)),
        also({Key_0}, none, zoomTo(0)),
        also({Key_Z}, none, zoomTo(1)),
        row("Alt + arrows", "Pan", {Key_Left, Key_Right, Key_Up, Key_Down}, alt, panTo),
        row("[ and ]", "Second pane one frame earlier, later", {Key_BracketLeft}, none,
            shiftSecond(-1)),
        also({Key_BracketRight}, none, shiftSecond(1)),
        row("Ctrl + S", "Save the second pane's still", {Key_S}, control, Act::still),
        row("?", "This list", {Key_Question}, none, Act::help)};
    return kTable;
}

std::vector<std::pair<QString, QString>> keyList()
{
    std::vector<std::pair<QString, QString>> list;
    for (const Key& key : keyTable())
        if (key.words)
            list.emplace_back(QObject::tr(key.listed), QObject::tr(key.words));
    return list;
}

PressedKey pressedKey(int key, Qt::KeyboardModifiers modifiers)
{
    const Held held = modifiers & Qt::AltModifier       ? Held::alt
                      : modifiers & Qt::ControlModifier ? Held::control
                      : modifiers & Qt::ShiftModifier   ? Held::shift
                                                        : Held::none;
    PressedKey unshifted;
    for (const Key& each : keyTable()) {
        const auto at = std::ranges::find(each.keys, key);
        const PressedKey found{&each, static_cast<int>(at - each.keys.begin())};
        if (at != each.keys.end() && each.held == held)
            return found;
        if (at != each.keys.end() && each.held == Held::none && held == Held::shift)
            unshifted = found;
    }
    return unshifted;
}

} // namespace vitrine::player
