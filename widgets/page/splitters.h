#pragma once

#include <QJsonObject>
#include <QList>
#include <QSplitter>
#include <QString>

#include <initializer_list>

namespace vitrine
{

// A splitter of a page's panels: none of them collapses.
QSplitter* makeSplitter(Qt::Orientation orientation, const QList<QWidget*>& parts, QWidget* parent);

// How the panels stand in one arrangement of the page. `name` is the arrangement's (it becomes the
// splitter's object name), under which a person's own sizes are kept.
void arrangeSplitter(QSplitter* splitter, const QString& name, const QList<int>& sizes,
                     const QList<int>& stretch);

// Kept sizes are an object of arrays by arrangement: these with the sizes the splitter has now.
QJsonObject withSizesOf(const QSplitter& splitter, QJsonObject kept);
// Gives the panels the sizes kept for their arrangements; sizes that do not fit are ignored.
void applySplitters(std::initializer_list<QSplitter*> splitters, const QJsonObject& kept);

} // namespace vitrine
