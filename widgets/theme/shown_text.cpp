#include "widgets/theme/shown_text.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStringList>
#include <QStringTokenizer>

#include "core/base/cut_text.h"

namespace vitrine
{
namespace
{

constexpr const char* kActionName = "copyWholeText";
constexpr qsizetype kLongestDocument = 400'000; // characters in all lines

} // namespace

QString shownText(const QString& text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    QString shown = text.left(most);
    if (!shown.isEmpty() && shown.back().isHighSurrogate())
        shown.chop(1);
    return shown + QChar(0x2026);
}

QString shownText(const std::string& utf8, qsizetype most)
{
    // A character has at most four bytes.
    return shownText(QString::fromStdString(cutText(utf8, static_cast<std::size_t>(most) * 4 + 4)),
                     most);
}

void offerWholeText(QWidget& widget, const QString& whole)
{
    if (auto* known = widget.findChild<QAction*>(kActionName, Qt::FindDirectChildrenOnly)) {
        delete known;
        widget.setContextMenuPolicy(Qt::DefaultContextMenu);
    }
    if (whole.isEmpty())
        return;
    auto* copy = new QAction("Copy whole text", &widget);
    copy->setObjectName(kActionName);
    QObject::connect(copy, &QAction::triggered, &widget,
                     [whole] { QGuiApplication::clipboard()->setText(whole); });
    widget.addAction(copy);
    widget.setContextMenuPolicy(Qt::ActionsContextMenu);
}

void showText(QLabel& label, const QString& whole, qsizetype most)
{
    label.setTextFormat(Qt::PlainText);
    label.setText(shownText(whole, most));
    offerWholeText(label, whole.size() > most ? whole : QString());
}

bool showText(QPlainTextEdit& editor, const QString& whole)
{
    QStringList lines;
    bool cut = whole.size() > kLongestDocument;
    for (const QStringView line : QStringView(whole).left(kLongestDocument).tokenize(u'\n')) {
        lines << shownText(line.left(kLongestShownLine + 1).toString(), kLongestShownLine);
        cut = cut || line.size() > kLongestShownLine;
    }
    if (whole.size() > kLongestDocument)
        lines << QString(QChar(0x2026));
    editor.setPlainText(lines.join(u'\n'));
    offerWholeText(editor, cut ? whole : QString());
    return cut;
}

} // namespace vitrine
