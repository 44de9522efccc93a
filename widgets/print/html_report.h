#pragma once

#include "core/report/document.h"

#include <string>

namespace vitrine::print
{

// The document as one self-contained page: figures inside as SVG, the face inside as data. Same
// document, same bytes. Needs a QApplication (offscreen is enough) and its thread.
std::string htmlReport(const report::Document& document);

} // namespace vitrine::print
