#pragma once

#include <QString>

#include <string>

namespace vitrine
{

// Texts of core are UTF-8, those of Qt are not.
inline QString fromUtf8(const std::string& text)
{
    return QString::fromStdString(text);
}

} // namespace vitrine
