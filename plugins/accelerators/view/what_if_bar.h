#pragma once

#include "core/jobs/experiment/params.h"
#include "plugins/accelerators/view/scenario.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;

namespace vitrine::accelerators_plugin
{

// One parameter of the accelerator under a slider; every move tells the new scenario.
class WhatIfBar : public QWidget
{
    Q_OBJECT
public:
    explicit WhatIfBar(QWidget* parent);
    void setScenario(const Scenario& scenario, bool active);

signals:
    void chosen(const Scenario& scenario, const QString& label, const QString& mergeKey);
    void keepWished();
    void resetWished();

private:
    const ParamSpec* spec() const;
    double value() const; // of the parameter in the scenario
    void choose(double value);
    void show();
    double valueAt(int step) const;
    int stepOf(double value) const;

    Scenario scenario_;
    std::vector<ParamSpec> specs_; // numbers with a range
    QComboBox* parameter_;
    QSlider* slider_;
    QLineEdit* number_;
    QLabel* unit_;
    QPushButton *keep_, *reset_;
};

} // namespace vitrine::accelerators_plugin
