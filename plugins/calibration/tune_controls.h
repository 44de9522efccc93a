#pragma once

#include "plugins/calibration/view_state.h"

#include <QWidget>

class QCheckBox;
class QHBoxLayout;
class QLabel;

namespace vitrine
{
class NumberSpin;
class SegmentedSwitch;
class ValueSlider;
} // namespace vitrine

namespace vitrine::calibration
{

// The numbers of calibration: β, the threshold rule with its number, what is left out, who
// receives.
class TuneControls : public QWidget
{
    Q_OBJECT
public:
    explicit TuneControls(QWidget* parent);

    void setState(const ViewState& state, LayerHead head); // emits nothing

signals:
    // `what` names the control: changes of one control in a drag are one step to undo.
    void calibrationChosen(const vitrine::attention::Calibration& calibration, const QString& what);
    void headBetaChosen(double beta);
    void ownBetaChosen(bool own);

private:
    QLabel* muted(const QString& words);
    QHBoxLayout* makeBetaLine();
    QHBoxLayout* makeRuleLine();
    void connectParts();
    void tell(const QString& what);

    attention::Calibration calibration_;
    bool own_ = false;
    ValueSlider *beta_, *tau_, *alpha_;
    QCheckBox* ownBeta_;
    SegmentedSwitch *rule_, *receivers_;
    NumberSpin *protect_, *rows_;
};

} // namespace vitrine::calibration
