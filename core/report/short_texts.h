#pragma once

#include "core/report/document.h"

namespace vitrine::report
{

// Names, units, remarks and titles may come from what a run stored and be of any length; laying out
// a megabyte takes minutes. Here they are cut to what a page can show, with an ellipsis. Values are
// cut where they are made (values.h) and keep their full text; what a person wrote stays as it is.
void cutLongTexts(Document& document);

} // namespace vitrine::report
