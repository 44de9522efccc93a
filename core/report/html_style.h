#pragma once

#include <string_view>

namespace vitrine::report
{

// The look of a report: the design language's tokens, light and dark, screen and paper.
extern const std::string_view kReportStyle;

} // namespace vitrine::report
