#pragma once

#include <QString>

#include <string>

class QLabel;
class QPlainTextEdit;
class QWidget;

namespace vitrine
{

// Texts that come from runs, files and workers can be of any length; laying out a line of a
// megabyte takes the window's thread tens of seconds. They are cut where they are shown, before any
// layout; the whole can be copied.
inline constexpr qsizetype kLongestShown = 1000;     // characters of a label, a message, a cell
inline constexpr qsizetype kLongestShownLine = 4000; // of a line in a text that has several

// At most `most` characters, then an ellipsis; never cut inside a character.
QString shownText(const QString& text, qsizetype most = kLongestShown);
QString shownText(const std::string& utf8, qsizetype most = kLongestShown);

// Puts a text into a label as plain text. One that had to be cut has "Copy whole text" on its menu.
void showText(QLabel& label, const QString& whole, qsizetype most = kLongestShown);

// Puts a text of many lines into an editor, every line cut to kLongestShownLine. True where it was
// cut: what stands in the editor is then not to be taken for the text.
bool showText(QPlainTextEdit& editor, const QString& whole);

// "Copy whole text" on the widget's menu, in place of what an earlier call put there; an empty text
// takes it away.
void offerWholeText(QWidget& widget, const QString& whole);

} // namespace vitrine
