#include "widgets/page/splitters.h"

#include <QJsonArray>

namespace vitrine
{

QSplitter* makeSplitter(Qt::Orientation orientation, const QList<QWidget*>& parts, QWidget* parent)
{
    auto* made = new QSplitter(orientation, parent);
    made->setHandleWidth(8);
    made->setChildrenCollapsible(false);
    for (QWidget* part : parts)
        made->addWidget(part);
    return made;
}

void arrangeSplitter(QSplitter* splitter, const QString& name, const QList<int>& sizes,
                     const QList<int>& stretch)
{
    splitter->setObjectName(name);
    for (int i = 0; i < splitter->count(); ++i)
        splitter->setStretchFactor(i, stretch[i]);
    splitter->setSizes(sizes);
}

QJsonObject withSizesOf(const QSplitter& splitter, QJsonObject kept)
{
    QJsonArray sizes;
    for (const int size : splitter.sizes())
        sizes.append(size);
    kept[splitter.objectName()] = sizes;
    return kept;
}

void applySplitters(std::initializer_list<QSplitter*> splitters, const QJsonObject& kept)
{
    for (QSplitter* each : splitters) {
        QList<int> sizes;
        for (const QJsonValue& value : kept[each->objectName()].toArray())
            sizes.append(value.toInt());
        if (sizes.size() == each->count() && sizes != each->sizes() && !sizes.contains(0))
            each->setSizes(sizes);
    }
}

} // namespace vitrine
