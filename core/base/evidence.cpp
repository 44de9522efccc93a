#include "core/base/evidence.h"

#include <array>
#include <cstddef>

namespace vitrine::evidence
{

const char* markName(Mark mark)
{
    static constexpr std::array kNames{"paper", "code", "abstract", "unverified", "ours"};
    return kNames[static_cast<std::size_t>(mark)];
}

} // namespace vitrine::evidence
