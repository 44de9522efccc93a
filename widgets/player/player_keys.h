#pragma once

#include "widgets/player/player_edits.h"
#include "widgets/player/transport_bar.h"

#include <functional>
#include <variant>
#include <vector>

namespace vitrine::player
{

// Held with a key: Alt is looked at first, then Ctrl. Shift means nothing where the table does not
// say so: some signs are typed with it.
enum class Held { none, shift, control, alt };

// A change of the state by the key at this place among those that make it.
using Change = std::function<std::optional<Edit>(const Shown& shown, int place)>;
using KeyAct = std::variant<Act, Change>;

struct Key {
    std::vector<int> keys; // Qt::Key, each does it
    Held held;
    KeyAct act;
    // In the list that is shown: "Left, Right" and "Frame before, after". None: told by a key
    // above.
    const char *listed = nullptr, *words = nullptr;
};

// Every key of the player, in order of the list.
const std::vector<Key>& keyTable();
// The list that is shown: keys with their meaning.
std::vector<std::pair<QString, QString>> keyList();

struct PressedKey {
    const Key* key = nullptr; // none: it means nothing here
    int place = 0;
};
PressedKey pressedKey(int key, Qt::KeyboardModifiers modifiers);

} // namespace vitrine::player
