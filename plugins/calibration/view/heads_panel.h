#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/matrix/item_card.h"

class QLabel;
class QPushButton;

namespace vitrine::calibration_plugin
{

// Which heads are calibrated: the layers x heads matrix with ticks and lasso, and the usual sets.
// Scores are in the order of HeadScore.
class HeadsPanel : public ItemCard
{
    Q_OBJECT
public:
    explicit HeadsPanel(QWidget* parent);

    void setScene(const Scene& scene);

signals:
    void setWished(const QString& words); // "all", "none"
    void randomWished();
    void fileWished();

private:
    void makeButtons();
    void fill(const Scene& scene);

    QLabel* count_;
    QPushButton* random_ = nullptr;
    HeadScore shownScore_ = HeadScore::massMoved;
    std::uint64_t version_ = 0;
};

} // namespace vitrine::calibration_plugin
