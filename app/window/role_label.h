#pragma once

#include <QString>

class QLabel;
class QWidget;

namespace vitrine
{

// Plain text that wraps, in the style of a role ("title", "heading", "muted", "mono", ...;
// resources/style.qss).
QLabel* roleLabel(const QString& text, const char* role, QWidget* parent);

} // namespace vitrine
