#pragma once

#include "core/base/result.h"

#include <string_view>
#include <utility>

namespace vitrine::quant
{

// The error of a step with the layer in it.
template <typename T>
Result<T> inLayer(std::string_view layer, Result<T> result)
{
    if (result)
        return result;
    Error error = std::move(result).error();
    error.message = "layer \"" + std::string(layer) + "\": " + error.message;
    return tl::unexpected(std::move(error));
}

} // namespace vitrine::quant
