#pragma once

#include "core/report/document.h"

#include <string_view>
#include <vector>

namespace vitrine::report
{

// Markdown (CommonMark with tables; md4c) as blocks that every format writes alike. No HTML, no
// pictures from elsewhere (their words stay), links to http, https and mailto only. Any input
// gives blocks: Markdown has no errors.
std::vector<Block> textBlocks(std::string_view markdown);

// The words alone.
std::string plainText(const std::vector<Words>& words);

} // namespace vitrine::report
