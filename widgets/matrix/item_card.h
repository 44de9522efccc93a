#pragma once

#include "widgets/matrix/item_grid.h"
#include "widgets/page/panel.h"

#include <QStringList>

class QComboBox;
class QScrollArea;

namespace vitrine
{

// A card with a grid of items and the choice of the score it shows. It scrolls where there is no
// room for all of them.
class ItemCard : public Panel
{
    Q_OBJECT
public:
    // What grid and choice are called for those who do not see them.
    struct Names {
        QString grid, score;
    };
    // `scores` have a tool tip each.
    ItemCard(const QString& heading, const Names& names, const QStringList& scores,
             const QStringList& help, QWidget* parent);

    void setScore(int score);    // emits nothing
    void setSelected(ItemId id); // and brings it into sight when it is another one
    ItemGrid* grid() const { return grid_; }

signals:
    void scoreIndexChosen(int score);
    void menuWished(QPoint globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QComboBox* score_;
    QScrollArea* area_;
    ItemGrid* grid_;
    ItemId shown_{-1, -1};
};

} // namespace vitrine
