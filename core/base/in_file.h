#pragma once

#include "core/base/result.h"

#include <string_view>
#include <utility>

namespace vitrine
{

// The error of a reader with the file in it: "the text is not valid UTF-8" becomes "cannot read
// notes.txt: the text is not valid UTF-8". As it is where it names the file already, by its path or
// by the last part of it. Each reader of files calls this once, around all it does, so that nothing
// it uses has to know of files.
Error inFile(Error error, std::string_view path);

template <typename T>
Result<T> inFile(std::string_view path, Result<T> result)
{
    if (result)
        return result;
    return tl::unexpected(inFile(std::move(result).error(), path));
}

} // namespace vitrine
