#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace vitrine::print
{

struct Bookmark {
    QString title;
    int page = 0;
    double fromTop = 0; // points
};

// A PDF as Qt writes it (one classic cross-reference table, no object streams) with bookmarks that
// readers list beside the pages, and the document's title in the window's frame; Qt's writer knows
// neither. Added behind its end as the standard's incremental update: nothing before it changes.
// What is not built so comes back as it is.
QByteArray withBookmarks(const QByteArray& pdf, const std::vector<Bookmark>& bookmarks,
                         double pageHeight);

} // namespace vitrine::print
