# Everything that a person types at a clone. `make help` lists it.
PYTHON ?= python3
export GUANJIA_HOME ?= $(CURDIR)/var
GUANJIA := .venv/bin/guanjia

.DEFAULT_GOAL := help
.PHONY: help prepare run reset test check lint format docs messages lock wheel clean

help: ## 列出这些命令
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

prepare: ## 只装好，不启动
	@$(PYTHON) scripts/prepare.py

run: prepare ## 一条命令跑起来：装好、建库、装入演示公司、启动（端口：PORT=8001 make run）
	@exec env GUANJIA_SANDBOX="$${GUANJIA_SANDBOX:-1}" $(GUANJIA) run --setup --demo

reset: ## 丢掉 var/ 里的演示数据，重新开始
	@$(PYTHON) scripts/reset.py

test: ## 全部测试，连浏览器测试在内
	@$(PYTHON) scripts/prepare.py --dev --browser
	@.venv/bin/pytest -n $${GUANJIA_TEST_PROCESSES:-2} $(ARGS)

check: ## CI 做的全部检查，两种数据库
	@bash .ci/run

lint: ## 排版、静态检查、类型、房间次序
	@$(PYTHON) scripts/prepare.py --dev
	@bash scripts/lint

format: ## 按规则重排 Python 代码
	@$(PYTHON) scripts/prepare.py --dev
	@.venv/bin/ruff check --fix --quiet src tests scripts; .venv/bin/ruff format src tests scripts

docs: ## 从程序重写 docs/commands.md
	@$(PYTHON) scripts/prepare.py
	@.venv/bin/python scripts/reference.py

messages: ## 从界面文字更新译文目录 locale/en（要有 gettext 工具）
	@$(PYTHON) scripts/prepare.py
	@bash scripts/messages

lock: ## 重写 requirements.lock 与 package-lock.json
	@bash scripts/lock

wheel: ## 打包成可安装的 wheel，放在 dist/，并检查内容齐全
	@$(PYTHON) scripts/prepare.py --dev
	@.venv/bin/python scripts/wheel.py

clean: ## 删除环境与生成的文件，数据保留
	@rm -rf .venv node_modules build dist src/guanjia/web/static/vendor
