#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace vitrine::learning
{

// The lists of sources are ours: what nobody reads does not belong there. Throws std::runtime_error
// naming the first key of `object` that is not one of these; `place` says which object it is.
inline void refuseOtherKeys(const nlohmann::json& object, const std::string& place,
                            std::initializer_list<std::string_view> known)
{
    for (const auto& [key, value] : object.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw std::runtime_error(place + ": unknown key \"" + key + "\"");
}

// "sources[3]"
inline std::string placeInList(const char* list, size_t index)
{
    return std::string(list) + "[" + std::to_string(index) + "]";
}

} // namespace vitrine::learning
