#pragma once

#include <QString>

#include <string>

class QLabel;
class QWidget;

// Sentences on cards.
namespace vitrine::quantization_plugin
{

// `role`: of the style, "section" or "muted"; `name`: for those who hear the window.
QLabel* saidLabel(const char* role, const QString& name, QWidget* parent);

// A number keeps its unit where a line breaks.
QString keptTogether(const std::string& sentence);

} // namespace vitrine::quantization_plugin
