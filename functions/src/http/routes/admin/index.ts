import { router } from '../../router.ts';
import { adminAuditLog } from './auditLog.ts';
import { adminGenerations } from './generations.ts';
import { adminSettings } from './settings.ts';
import { adminUsers } from './users.ts';

/** Everything under `/admin`, for signed-in admins. */
export const admin = router();
admin.route('/', adminUsers);
admin.route('/', adminSettings);
admin.route('/', adminAuditLog);
admin.route('/', adminGenerations);
