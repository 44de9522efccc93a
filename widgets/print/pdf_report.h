#pragma once

#include "core/report/document.h"

#include <functional>
#include <string>

namespace vitrine::print
{

class PageLayout;

// The document as PDF: A4, vector figures, the shipped faces embedded, text that can be selected,
// a bookmark for each section. Not tagged: Qt's writer has no structure tree, hence no alt texts.
// Dates follow SOURCE_DATE_EPOCH, else the newest run. Same document, same bytes. `progress` hears
// of each page (done, of). Needs a QApplication (offscreen is enough) and its thread.
std::string pdfReport(const report::Document& document,
                      const std::function<void(int, int)>& progress = {});

} // namespace vitrine::print
