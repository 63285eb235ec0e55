BEGIN TRANSACTION;
CREATE TABLE attempts (
	attempt TEXT NOT NULL, 
	run TEXT NOT NULL, 
	step TEXT NOT NULL, 
	item TEXT, 
	started BIGINT, 
	ended BIGINT, 
	state TEXT, 
	reason TEXT, 
	exit_code BIGINT, 
	signal TEXT, 
	message TEXT, 
	engine TEXT, 
	native TEXT, 
	definition TEXT, 
	host TEXT, 
	cpu DOUBLE, 
	max_rss BIGINT, 
	PRIMARY KEY (attempt)
);
INSERT INTO "attempts" VALUES('dbcc03e0-8007-5a74-94fe-4635d8477c7e','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','extract',NULL,1800000002000000000,1800000008000000000,'failed','exit-code',3,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('1e6b8507-71de-5bee-9580-827df92fb15b','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','extract',NULL,1800000009000000000,1800000011000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('030c67da-a61f-5e8a-bab1-94eb18228b5d','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train','0',1800000013000000000,1800000016000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('02dfb94f-fbb0-53b6-a8af-471f542a5ad7','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train','1',1800000017000000000,1800000020000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('bc0c149d-0fd1-562d-82f0-20d6e488d549','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','pick',NULL,1800000021000000000,1800000024000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','publish',NULL,1800000025000000000,1800000026000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
INSERT INTO "attempts" VALUES('ef26bd28-e383-598e-af73-6e260aa4bd4b','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','report',NULL,1800000027000000000,1800000028000000000,'succeeded',NULL,0,NULL,NULL,'local','{"pid":7}','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','node-1',0.1,1000);
CREATE TABLE definitions (
	hash TEXT NOT NULL, 
	pipeline TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "definitions" VALUES('sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','churn','{"format":1,"on_exit":{"report":{"body":{"call":"steps:run"},"inputs":{},"on_exit":true,"outputs":{}}},"order":["extract","train","pick","publish"],"params":{"regions":{"default":["eu","us","asia"],"type":"list[string]"},"threshold":{"default":0.8,"type":"float"}},"pipeline":"churn","steps":{"extract":{"body":{"call":"steps:run"},"inputs":{},"outputs":{"n":{"type":"int"},"raw":{"artifact":"dataset","file":"raw"}}},"pick":{"body":{"call":"steps:run"},"inputs":{"aucs":{"type":"list[float]","value":["ref","steps","train","outputs","auc"]},"models":{"type":"list[artifact]","value":["ref","steps","train","outputs","model"]}},"needs":["train"],"outputs":{"auc":{"type":"float"},"model":{"artifact":"model","file":"model"}},"requires":[["steps","train","outputs","model"],["steps","train","outputs","auc"]]},"publish":{"body":{"call":"steps:run"},"inputs":{"model":{"type":"artifact","value":["ref","steps","pick","outputs","model"]}},"needs":["pick"],"outputs":{},"requires":[["steps","pick","outputs","model"]],"when":[">=",["ref","steps","pick","outputs","auc"],["ref","params","threshold"]]},"train":{"body":{"call":"steps:run"},"foreach":{"item_type":"string","items":["ref","params","regions"]},"inputs":{"data":{"type":"artifact","value":["ref","steps","extract","outputs","raw"]},"region":{"type":"string","value":["ref","item"]}},"needs":["extract"],"outputs":{"auc":{"type":"float"},"model":{"artifact":"model","file":"model"}},"requires":[["steps","extract","outputs","raw"]]}}}');
CREATE TABLE events (
	run TEXT NOT NULL, 
	writer TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	attempt TEXT, 
	shape SMALLINT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (run, writer, seq)
)
 WITHOUT ROWID

;
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',0,'start','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "1", "attempt": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "writer": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "seq": 0, "time": 1800000017000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {"data": {"from": ["extract.raw"]}, "region": {"value": "us"}}, "lineage": [["extract.raw", "train.data"]]}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',1,'output','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "1", "attempt": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "writer": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "seq": 1, "time": 1800000018000000000, "name": "model", "kind": "model", "digest": {"sha256": "bb1bb1bb1bb1bb1bb1bb1bb1"}, "size": 12345, "files": 1, "uri": "/a/bb1"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',2,'output','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "1", "attempt": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "writer": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "seq": 2, "time": 1800000019000000000, "name": "auc", "value": 0.9}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',3,'end','02dfb94f-fbb0-53b6-a8af-471f542a5ad7',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "1", "attempt": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "writer": "02dfb94f-fbb0-53b6-a8af-471f542a5ad7", "seq": 3, "time": 1800000020000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','030c67da-a61f-5e8a-bab1-94eb18228b5d',0,'start','030c67da-a61f-5e8a-bab1-94eb18228b5d',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "0", "attempt": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "writer": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "seq": 0, "time": 1800000013000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {"data": {"from": ["extract.raw"]}, "region": {"value": "eu"}}, "lineage": [["extract.raw", "train.data"]]}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','030c67da-a61f-5e8a-bab1-94eb18228b5d',1,'output','030c67da-a61f-5e8a-bab1-94eb18228b5d',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "0", "attempt": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "writer": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "seq": 1, "time": 1800000014000000000, "name": "model", "kind": "model", "digest": {"sha256": "bb0bb0bb0bb0bb0bb0bb0bb0"}, "size": 12345, "files": 1, "uri": "/a/bb0"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','030c67da-a61f-5e8a-bab1-94eb18228b5d',2,'output','030c67da-a61f-5e8a-bab1-94eb18228b5d',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "0", "attempt": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "writer": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "seq": 2, "time": 1800000015000000000, "name": "auc", "value": 0.7}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','030c67da-a61f-5e8a-bab1-94eb18228b5d',3,'end','030c67da-a61f-5e8a-bab1-94eb18228b5d',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": "0", "attempt": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "writer": "030c67da-a61f-5e8a-bab1-94eb18228b5d", "seq": 3, "time": 1800000016000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','1e6b8507-71de-5bee-9580-827df92fb15b',0,'start','1e6b8507-71de-5bee-9580-827df92fb15b',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "1e6b8507-71de-5bee-9580-827df92fb15b", "writer": "1e6b8507-71de-5bee-9580-827df92fb15b", "seq": 0, "time": 1800000009000000000, "number": 2, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {}, "lineage": []}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','1e6b8507-71de-5bee-9580-827df92fb15b',1,'output','1e6b8507-71de-5bee-9580-827df92fb15b',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "1e6b8507-71de-5bee-9580-827df92fb15b", "writer": "1e6b8507-71de-5bee-9580-827df92fb15b", "seq": 1, "time": 1800000010000000000, "name": "raw", "kind": "dataset", "digest": {"sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, "size": 12345, "files": 1, "uri": "/a/aaaa"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','1e6b8507-71de-5bee-9580-827df92fb15b',2,'end','1e6b8507-71de-5bee-9580-827df92fb15b',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "1e6b8507-71de-5bee-9580-827df92fb15b", "writer": "1e6b8507-71de-5bee-9580-827df92fb15b", "seq": 2, "time": 1800000011000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549',0,'start','bc0c149d-0fd1-562d-82f0-20d6e488d549',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "pick", "item": null, "attempt": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "writer": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "seq": 0, "time": 1800000021000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {"models": {"from": ["train.model"], "items": [0, 1]}, "aucs": {"value": [0.5, 0.5]}}, "lineage": [["train.model", "pick.models"]]}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549',1,'output','bc0c149d-0fd1-562d-82f0-20d6e488d549',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "pick", "item": null, "attempt": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "writer": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "seq": 1, "time": 1800000022000000000, "name": "model", "kind": "model", "digest": {"sha256": "cccccccccccccccccccccccccccccccc"}, "size": 12345, "files": 1, "uri": "/a/cccc"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549',2,'output','bc0c149d-0fd1-562d-82f0-20d6e488d549',1,'{"v": 1, "event": "output", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "pick", "item": null, "attempt": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "writer": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "seq": 2, "time": 1800000023000000000, "name": "auc", "value": 0.9}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549',3,'end','bc0c149d-0fd1-562d-82f0-20d6e488d549',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "pick", "item": null, "attempt": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "writer": "bc0c149d-0fd1-562d-82f0-20d6e488d549", "seq": 3, "time": 1800000024000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2',0,'start','ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "publish", "item": null, "attempt": "ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2", "writer": "ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2", "seq": 0, "time": 1800000025000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {"model": {"from": ["pick.model"]}}, "lineage": [["pick.model", "publish.model"]]}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2',1,'end','ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "publish", "item": null, "attempt": "ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2", "writer": "ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2", "seq": 1, "time": 1800000026000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'start','dbcc03e0-8007-5a74-94fe-4635d8477c7e',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 0, "time": 1800000002000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {}, "lineage": []}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',1,'metric','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'{"v": 1, "event": "metric", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 1, "time": 1800000003000000000, "name": "loss", "value": 0.5, "at": null}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',2,'metric','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'{"v": 1, "event": "metric", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 2, "time": 1800000004000000000, "name": "loss", "value": 0.1, "at": null}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',3,'metric','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'{"v": 1, "event": "metric", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 3, "time": 1800000005000000000, "name": "loss", "value": 0.3, "at": null}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',4,'tag','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'{"v": 1, "event": "tag", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 4, "time": 1800000006000000000, "name": "colour", "value": "red"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',5,'heartbeat','dbcc03e0-8007-5a74-94fe-4635d8477c7e',0,'{"v": 1, "event": "heartbeat", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 5, "time": 1800000007000000000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',6,'end','dbcc03e0-8007-5a74-94fe-4635d8477c7e',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "extract", "item": null, "attempt": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "writer": "dbcc03e0-8007-5a74-94fe-4635d8477c7e", "seq": 6, "time": 1800000008000000000, "state": "failed", "reason": "exit-code", "exit_code": 3, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','ef26bd28-e383-598e-af73-6e260aa4bd4b',0,'start','ef26bd28-e383-598e-af73-6e260aa4bd4b',1,'{"v": 1, "event": "start", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "report", "item": null, "attempt": "ef26bd28-e383-598e-af73-6e260aa4bd4b", "writer": "ef26bd28-e383-598e-af73-6e260aa4bd4b", "seq": 0, "time": 1800000027000000000, "number": 1, "engine": "local", "native": {"pid": 7}, "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "host": "node-1", "pid": 7, "sidecar": "sha256:5f", "argv": ["python3", "run.py"], "inputs": {}, "lineage": []}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','ef26bd28-e383-598e-af73-6e260aa4bd4b',1,'end','ef26bd28-e383-598e-af73-6e260aa4bd4b',1,'{"v": 1, "event": "end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "report", "item": null, "attempt": "ef26bd28-e383-598e-af73-6e260aa4bd4b", "writer": "ef26bd28-e383-598e-af73-6e260aa4bd4b", "seq": 1, "time": 1800000028000000000, "state": "succeeded", "reason": null, "exit_code": 0, "signal": null, "message": null, "cpu": 0.1, "max_rss": 1000}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','run.local',0,'run',NULL,1,'{"v": 1, "event": "run", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": null, "item": null, "attempt": null, "writer": "run.local", "seq": 0, "time": 1800000001000000000, "pipeline": "churn", "definition": "sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a", "params": {"rows": {"value": 3}, "regions": {"value": ["eu"]}}, "target": "local", "native": {}, "profile": null}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','run.local',1,'run-end',NULL,1,'{"v": 1, "event": "run-end", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": null, "item": null, "attempt": null, "writer": "run.local", "seq": 1, "time": 1800000029000000000, "state": "succeeded", "by": "local"}');
INSERT INTO "events" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.None',0,'decided',NULL,1,'{"v": 1, "event": "decided", "run": "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10", "step": "train", "item": null, "attempt": null, "writer": "train.None", "seq": 0, "time": 1800000012000000000, "state": "succeeded", "reason": null, "message": null, "items": 2, "list": true}');
CREATE TABLE latest (
	attempt TEXT NOT NULL, 
	name TEXT NOT NULL, 
	run TEXT NOT NULL, 
	value DOUBLE, 
	at DOUBLE, 
	time BIGINT NOT NULL, 
	writer TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	points BIGINT NOT NULL, 
	low DOUBLE, 
	high DOUBLE, 
	PRIMARY KEY (attempt, name)
);
INSERT INTO "latest" VALUES('dbcc03e0-8007-5a74-94fe-4635d8477c7e','loss','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10',0.3,NULL,1800000005000000000,'dbcc03e0-8007-5a74-94fe-4635d8477c7e',3,3,0.1,0.5);
CREATE TABLE lineage (
	run TEXT NOT NULL, 
	source TEXT NOT NULL, 
	target TEXT NOT NULL, 
	PRIMARY KEY (run, source, target)
);
INSERT INTO "lineage" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','extract.raw','train.data');
INSERT INTO "lineage" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','pick.model','publish.model');
INSERT INTO "lineage" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.model','pick.models');
CREATE TABLE metrics (
	run TEXT NOT NULL, 
	writer TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	attempt TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value DOUBLE, 
	at DOUBLE, 
	time BIGINT, 
	PRIMARY KEY (run, writer, seq)
)
 WITHOUT ROWID

;
INSERT INTO "metrics" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',1,'dbcc03e0-8007-5a74-94fe-4635d8477c7e','loss',0.5,NULL,1800000003000000000);
INSERT INTO "metrics" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',2,'dbcc03e0-8007-5a74-94fe-4635d8477c7e','loss',0.1,NULL,1800000004000000000);
INSERT INTO "metrics" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',3,'dbcc03e0-8007-5a74-94fe-4635d8477c7e','loss',0.3,NULL,1800000005000000000);
CREATE TABLE outputs (
	attempt TEXT NOT NULL, 
	name TEXT NOT NULL, 
	run TEXT NOT NULL, 
	source TEXT NOT NULL, 
	value TEXT, 
	kind TEXT, 
	digest TEXT, 
	size BIGINT, 
	files BIGINT, 
	uri TEXT, 
	written BIGINT NOT NULL, 
	PRIMARY KEY (attempt, name)
);
INSERT INTO "outputs" VALUES('1e6b8507-71de-5bee-9580-827df92fb15b','raw','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','extract.raw',NULL,'dataset','{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}',12345,1,'/a/aaaa',1800000010000000000);
INSERT INTO "outputs" VALUES('030c67da-a61f-5e8a-bab1-94eb18228b5d','model','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.model',NULL,'model','{"sha256":"bb0bb0bb0bb0bb0bb0bb0bb0"}',12345,1,'/a/bb0',1800000014000000000);
INSERT INTO "outputs" VALUES('030c67da-a61f-5e8a-bab1-94eb18228b5d','auc','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.auc','0.7',NULL,NULL,NULL,NULL,NULL,1800000015000000000);
INSERT INTO "outputs" VALUES('02dfb94f-fbb0-53b6-a8af-471f542a5ad7','model','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.model',NULL,'model','{"sha256":"bb1bb1bb1bb1bb1bb1bb1bb1"}',12345,1,'/a/bb1',1800000018000000000);
INSERT INTO "outputs" VALUES('02dfb94f-fbb0-53b6-a8af-471f542a5ad7','auc','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train.auc','0.9',NULL,NULL,NULL,NULL,NULL,1800000019000000000);
INSERT INTO "outputs" VALUES('bc0c149d-0fd1-562d-82f0-20d6e488d549','model','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','pick.model',NULL,'model','{"sha256":"cccccccccccccccccccccccccccccccc"}',12345,1,'/a/cccc',1800000022000000000);
INSERT INTO "outputs" VALUES('bc0c149d-0fd1-562d-82f0-20d6e488d549','auc','0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','pick.auc','0.9',NULL,NULL,NULL,NULL,NULL,1800000023000000000);
CREATE TABLE remarks (
	run TEXT NOT NULL, 
	writer TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	attempt TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT, 
	time BIGINT, 
	PRIMARY KEY (run, writer, seq)
)
 WITHOUT ROWID

;
INSERT INTO "remarks" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','dbcc03e0-8007-5a74-94fe-4635d8477c7e',4,'dbcc03e0-8007-5a74-94fe-4635d8477c7e','tag','colour','"red"',1800000006000000000);
CREATE TABLE run_params (
	run TEXT NOT NULL, 
	name TEXT NOT NULL, 
	number DOUBLE, 
	word TEXT, 
	PRIMARY KEY (run, name)
)
 WITHOUT ROWID

;
INSERT INTO "run_params" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','regions',NULL,'["eu"]');
INSERT INTO "run_params" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','rows',3.0,NULL);
CREATE TABLE runs (
	run TEXT NOT NULL, 
	pipeline TEXT, 
	definition TEXT, 
	target TEXT, 
	profile TEXT, 
	native TEXT, 
	params TEXT, 
	state TEXT, 
	started BIGINT, 
	ended BIGINT, 
	first BIGINT NOT NULL, 
	seen BIGINT NOT NULL, 
	PRIMARY KEY (run)
);
INSERT INTO "runs" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','churn','sha256:e9a40b96f9ca8e73e96b29d9581668a3619e779155562029cd572b669b50756a','local',NULL,'{}','{"regions":{"value":["eu"]},"rows":{"value":3}}','succeeded',1800000001000000000,1800000029000000000,1800000001000000000,1800000029000000000);
CREATE TABLE steps (
	run TEXT NOT NULL, 
	step TEXT NOT NULL, 
	item TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT, 
	derived BOOLEAN NOT NULL, 
	attempts BIGINT NOT NULL, 
	PRIMARY KEY (run, step, item)
);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','extract','','succeeded',NULL,0,2);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train','','succeeded',NULL,0,0);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train','0','succeeded',NULL,0,1);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','train','1','succeeded',NULL,0,1);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','pick','','succeeded',NULL,0,1);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','publish','','succeeded',NULL,0,1);
INSERT INTO "steps" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','report','','succeeded',NULL,0,1);
CREATE TABLE store_meta (
	"key" TEXT NOT NULL, 
	value TEXT, 
	PRIMARY KEY ("key")
);
INSERT INTO "store_meta" VALUES('schema','4');
CREATE TABLE tokens (
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	made BIGINT NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID

;
CREATE TABLE uses (
	run TEXT NOT NULL, 
	attempt TEXT NOT NULL, 
	port TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (run, attempt, port, position)
);
INSERT INTO "uses" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','030c67da-a61f-5e8a-bab1-94eb18228b5d','train.data',0,'extract.raw','{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
INSERT INTO "uses" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','02dfb94f-fbb0-53b6-a8af-471f542a5ad7','train.data',0,'extract.raw','{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
INSERT INTO "uses" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549','pick.models',0,'train.model','{"sha256":"bb0bb0bb0bb0bb0bb0bb0bb0"}');
INSERT INTO "uses" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','bc0c149d-0fd1-562d-82f0-20d6e488d549','pick.models',1,'train.model','{"sha256":"bb1bb1bb1bb1bb1bb1bb1bb1"}');
INSERT INTO "uses" VALUES('0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10','ce40c2a6-83f9-5c0a-a55e-9f2ddbb382e2','publish.model',0,'pick.model','{"sha256":"cccccccccccccccccccccccccccccccc"}');
CREATE INDEX events_shape ON events (run, attempt) WHERE shape = 1;
CREATE INDEX runs_pipeline ON runs (pipeline, first);
CREATE INDEX runs_first ON runs (first, run);
CREATE INDEX run_params_number ON run_params (name, number);
CREATE INDEX attempts_run ON attempts (run, step);
CREATE INDEX outputs_source ON outputs (source, digest);
CREATE INDEX outputs_digest ON outputs (digest);
CREATE INDEX outputs_run ON outputs (run);
CREATE INDEX remarks_name ON remarks (kind, name);
CREATE INDEX metrics_name ON metrics (attempt, name);
CREATE INDEX latest_value ON latest (name, value);
CREATE INDEX uses_source ON uses (source, digest);
CREATE INDEX uses_digest ON uses (digest);
CREATE INDEX uses_attempt ON uses (attempt);
COMMIT;
