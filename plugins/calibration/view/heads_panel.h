#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/matrix/item_grid.h"
#include "widgets/page/panel.h"

class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;

namespace vitrine::calibration_plugin
{

// Which heads are calibrated: the layers x heads matrix with ticks and lasso, and the usual sets.
class HeadsPanel : public Panel
{
    Q_OBJECT
public:
    explicit HeadsPanel(QWidget* parent);

    void setScene(const Scene& scene);
    ItemGrid* grid() const { return grid_; }

signals:
    void headSelected(vitrine::model::LayerHead head);
    void headToggled(vitrine::model::LayerHead head);
    void lassoed(const std::set<vitrine::model::LayerHead>& heads, Qt::KeyboardModifiers modifiers);
    void setWished(const QString& words); // "all", "none"
    void randomWished();
    void fileWished();
    void scoreChosen(vitrine::calibration_plugin::HeadScore score);
    void menuWished(QPoint globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeButtons();
    void connectGrid();
    void fill(const Scene& scene);

    QComboBox* score_;
    QLabel* count_;
    QPushButton* random_ = nullptr;
    QScrollArea* area_;
    ItemGrid* grid_;
    LayerHead shown_{-1, -1};
    HeadScore shownScore_ = HeadScore::massMoved;
    std::uint64_t version_ = 0;
};

} // namespace vitrine::calibration_plugin
