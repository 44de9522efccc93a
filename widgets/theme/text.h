#pragma once

#include <QString>

#include "core/base/number_text.h"

#include <string>

namespace vitrine
{

// Texts of core are UTF-8, those of Qt are not.
inline QString fromUtf8(const std::string& text)
{
    return QString::fromStdString(text);
}

// "12,345"
inline QString countWords(std::int64_t count)
{
    return fromUtf8(wholeText(count));
}
inline QString countWords(std::size_t count)
{
    return countWords(static_cast<std::int64_t>(count));
}

} // namespace vitrine
