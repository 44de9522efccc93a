#pragma once

#include "plugins/attention/card.h"
#include "plugins/attention/overview_grid.h"

class QComboBox;
class QScrollArea;

namespace vitrine
{
class SegmentedSwitch;
}

namespace vitrine::attention
{

// The overview with its score and order.
class OverviewPanel : public Card
{
    Q_OBJECT
public:
    explicit OverviewPanel(QWidget* parent);

    void setScene(const Scene& scene);

signals:
    void headChosen(vitrine::attention::HeadId head);
    void headPinToggled(vitrine::attention::HeadId head);
    void scoreChosen(vitrine::attention::Score score);
    void orderChosen(bool ranked);
    void menuWished(QPoint globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QComboBox* score_;
    SegmentedSwitch* order_;
    QScrollArea* area_;
    OverviewGrid* grid_;
    HeadId shown_{-1, -1};
};

} // namespace vitrine::attention
